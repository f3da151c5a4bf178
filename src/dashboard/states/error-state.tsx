import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { Failure } from '../graphql/failure.ts';

type Props = { readonly failure: Failure; readonly onRetry: () => void; readonly children?: ReactNode };

/** Nothing to show, because something failed and there is nothing older to show instead. */
export function ErrorState({ failure, onRetry, children }: Props) {
  return (
    <div className="state" role="alert">
      <h2>{failure.message}</h2>
      {children}
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
