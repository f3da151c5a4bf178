import type { CombinedError } from 'urql';

/** Why there is no answer, in the API's words. */
export type Failure = {
  /** The API's stable code; `UNREACHABLE` when the API itself did not answer. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
};

export function failureOf(error: CombinedError): Failure {
  const [first] = error.graphQLErrors;
  if (first !== undefined) {
    const { code, retryable } = first.extensions;
    return {
      code: typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
      message: first.message,
      retryable: retryable === true,
    };
  }
  return { code: 'UNREACHABLE', message: 'The API does not answer.', retryable: true };
}
