import type { CombinedError } from 'urql';

/** Why there is no answer, as the API says it. */
export type Failure = {
  /** The API's stable code; `UNREACHABLE` when the API itself did not answer, `NO_ANSWER` when it took too long. */
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

export function noAnswerWithin(limitMs: number): Failure {
  return {
    code: 'NO_ANSWER',
    message: `The API has not answered within ${limitMs / 1000} seconds.`,
    retryable: true,
  };
}

/** The API did not answer: the banner on top says so for the whole page. */
export function isSilence({ code }: Failure): boolean {
  return code === 'UNREACHABLE' || code === 'NO_ANSWER';
}

/** The API would give the same answer again, so a retry is pointless. */
export function isFinal({ code, retryable }: Failure): boolean {
  return !retryable && code !== 'INTERNAL_SERVER_ERROR';
}
