import { type AnswerHeaders, fieldsOf, readAnswer } from './answer.ts';
import { randomKey } from './random-key.ts';
import { readResponse, wasLost } from './read-response.ts';
import { type Advice, pause, type RetryOptions, retryDelayMs } from './retry-delay.ts';

/**
 * Repeats calls that failed temporarily, or whose answer was lost. Only for calls that may be repeated: queries, and mutations with
 * an idempotency key.
 */
export async function withRetries<T>(call: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { sleep = pause } = options;
  for (let retry = 0; ; retry += 1) {
    const outcome = await call().then(
      (value) => ({ value, told: value as unknown }),
      (error: unknown) => ({ error, told: error }),
    );
    const delayMs = retryDelayMs(retry, await readAdvice(outcome.told), options);
    if (delayMs !== null) await sleep(delayMs);
    else if ('error' in outcome) throw outcome.error;
    else return outcome.value;
  }
}

/** Creates one key per intent and keeps it over the retries, so that the intent is carried out once. */
export function withIdempotencyKey<T>(call: (key: string) => Promise<T>, options?: RetryOptions): Promise<T> {
  const key = randomKey();
  return withRetries(() => call(key), options);
}

/** The retry advice in a result or an error of any library. */
async function readAdvice(told: unknown): Promise<Advice> {
  if (wasLost(told)) return { retryable: true, retryAfterMs: 0 };
  if (told instanceof Response) return readResponse(told);
  const fields = fieldsOf(told);
  const response = fieldsOf(fields.response);
  const errors = [fields.errors, fields.graphQLErrors, response.errors].find(isFilled);
  if (errors !== undefined) return readAnswer({ errors }, headersOf(response));
  // urql and Apollo put the error into the result; urql puts a network failure into the error.
  const inner = fields.error ?? fields.networkError;
  if (inner != null) return readAdvice(inner);
  const status = told instanceof Error ? (fields.statusCode ?? response.status) : undefined;
  return readAnswer(null, headersOf(response), typeof status === 'number' ? status : undefined);
}

function isFilled(errors: unknown): errors is readonly unknown[] {
  return Array.isArray(errors) && errors.length > 0;
}

function headersOf({ headers }: Readonly<Record<string, unknown>>): AnswerHeaders | null {
  return typeof fieldsOf(headers).get === 'function' ? (headers as AnswerHeaders) : null;
}
