import { Component, type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { contactNow } from '../graphql/contact.ts';
import { useOnReturn } from '../graphql/use-contact.ts';
import { EmptyState } from '../states/empty-state.tsx';
import { CodeMissingError } from './code-missing.ts';

/**
 * What is shown in the place of something that fell over while it was drawn, or whose code did not arrive: what is around it
 * stays, and loading everything anew is offered. The browser's console has the error itself.
 */
export class PageBoundary extends Component<{ what: string; children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error('nothing was thrown') };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isMissing = error instanceof CodeMissingError;
    return (
      <div role="alert">
        <EmptyState title={`${this.props.what} could not be shown`}>
          {isMissing ? <Missing /> : <p>The browser’s console says what went wrong.</p>}
          <Button className="button" onPress={loadAgain}>
            Load it again
          </Button>
        </EmptyState>
      </div>
    );
  }
}

/** It is loaded again by itself as soon as there is a network and an API that answers. */
function Missing() {
  const [failed] = useState(() => contactNow().silent || !navigator.onLine);
  useOnReturn(loadAgain);
  return (
    <p>
      Its code did not arrive: there is no network, or the API is away.
      {failed && ' It is loaded again by itself once that is back.'}
    </p>
  );
}

function loadAgain(): void {
  window.location.reload();
}
