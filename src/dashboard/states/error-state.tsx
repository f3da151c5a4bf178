import { Button } from 'react-aria-components';
import type { Failure } from '../graphql/failure.ts';

/** Nothing to show because something failed, and there is nothing older to show instead. */
export function ErrorState({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  return (
    <div className="state" role="alert">
      <h2>{failure.message}</h2>
      <p>
        <code>{failure.code}</code>
        {failure.retryable ? ' · may work in a moment' : ''}
      </p>
      <Button className="button" onPress={onRetry}>
        Try again
      </Button>
    </div>
  );
}
