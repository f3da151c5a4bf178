import { Component, type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { contactNow } from '../graphql/contact.ts';
import { useOnReturn } from '../graphql/use-contact.ts';
import { EmptyState } from '../states/empty-state.tsx';
import { CodeMissingError } from './code-missing.ts';

/**
 * Replaces a part that threw while rendering, or whose code could not be loaded. The rest of the page stays, and a reload is offered.
 * The error itself is in the browser's console.
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
          {isMissing ? <Missing /> : <p>See the browser’s console for the error.</p>}
          <Button className="button" onPress={loadAgain}>
            Reload
          </Button>
        </EmptyState>
      </div>
    );
  }
}

/** Reloads by itself as soon as the network and the API are back. */
function Missing() {
  const [failed] = useState(() => contactNow().silent || !navigator.onLine);
  useOnReturn(loadAgain);
  return (
    <p>
      Its code could not be loaded: the network or the API is down.
      {failed && ' It reloads by itself once that is back.'}
    </p>
  );
}

function loadAgain(): void {
  window.location.reload();
}
