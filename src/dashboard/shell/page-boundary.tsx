import { Component, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { EmptyState } from '../states/empty-state.tsx';

/**
 * What is shown in the place of something that fell over while it was drawn, or whose code did not arrive: what is around it
 * stays, and loading everything anew is offered. The browser's console has the error itself.
 */
export class PageBoundary extends Component<{ what: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert">
        <EmptyState title={`${this.props.what} could not be shown`}>
          <p>The browser’s console says what went wrong.</p>
          <Button className="button" onPress={() => window.location.reload()}>
            Load it again
          </Button>
        </EmptyState>
      </div>
    );
  }
}
