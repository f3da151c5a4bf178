import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../src/client/retry-delay.ts';
import { withIdempotencyKey, withRetries } from '../../../src/client/with-retries.ts';
import { hastyRetries } from './scripted-endpoint.ts';

const extensions = { code: 'WRITE_INDETERMINATE', retryable: true, retryAfterMs: 1000 };
const errors = [{ message: 'nobody knows', extensions }];
const isJson = { headers: { 'content-type': 'application/json', 'retry-after': '1' } };

/** Fails once, then succeeds. */
function failingOnce(fail: () => unknown) {
  let calls = 0;
  return async () => {
    calls += 1;
    return calls === 1 ? fail() : 'done';
  };
}

const thrown = (error: object) => () => {
  throw Object.assign(new Error('as told'), error);
};

describe('a call with retries', () => {
  it.each([
    ['a GraphQL answer', () => ({ errors }), 1075],
    ['an answer of fetch', () => Response.json({ errors }, isJson), 1075],
    [
      'a gateway without a server behind it',
      () => new Response('none', { status: 502, headers: { 'retry-after': '1' } }),
      1075,
    ],
    ['a result of urql', () => ({ data: null, error: { graphQLErrors: errors } }), 1075],
    ['a result of urql without an answer', () => ({ error: { networkError: new TypeError('fetch failed') } }), 75],
    ['a result of Apollo', () => ({ error: Object.assign(new Error(), { errors }) }), 1075],
    ['an error of Apollo', thrown({ errors }), 1075],
    ['an error of Apollo for a status', thrown({ statusCode: 503, response: new Response() }), 75],
    ['an error of graphql-request', thrown({ response: { errors, status: 200, headers: new Headers() } }), 1075],
    ['an error of graphql-request for a status', thrown({ response: { status: 503, headers: new Headers() } }), 75],
  ])('understands %s', async (_, fail, delayMs) => {
    const { waitedMs, retry } = hastyRetries();
    expect(await withRetries(failingOnce(fail), retry)).toBe('done');
    expect(waitedMs).toEqual([delayMs]);
  });

  it.each([
    ['a mistake in the code', () => thrown({}), /as told/],
    ['an error that would come again', () => thrown({ errors: [{ extensions: { retryable: false } }] }), /as told/],
  ])('throws %s at once', async (_, fail, message) => {
    const { waitedMs, retry } = hastyRetries();
    await expect(withRetries(failingOnce(fail()), retry)).rejects.toThrow(message);
    expect(waitedMs).toEqual([]);
  });

  it('ends with the last answer', async () => {
    const { waitedMs, retry } = hastyRetries();
    expect(await withRetries(async () => ({ errors }), { ...retry, retries: 2 })).toEqual({ errors });
    expect(waitedMs).toHaveLength(2);
  });

  it('keeps one idempotency key', async () => {
    const { retry } = hastyRetries();
    const keys: string[] = [];
    await withIdempotencyKey(async (key) => {
      keys.push(key);
      return { errors };
    }, retry);
    await withIdempotencyKey(async (key) => keys.push(key), retry);
    expect(keys).toHaveLength(5);
    expect(new Set(keys)).toEqual(new Set([keys[0], keys[4]]));
  });
});

describe('the wait before a retry', () => {
  it.each([
    ['grows', 2, 0, 0.5, 300],
    ['is cut by chance to no less than half', 2, 0, 0, 200],
    ['comes on top of what the server asks for', 0, 1000, 1, 1100],
    ['ends somewhere', 2, 4900, 1, 5000],
    ['is none after the last retry', 3, 0, 0.5, null],
    ['is none when the server asks for too long a one', 0, 5001, 0.5, null],
  ])('%s', (_, retry, retryAfterMs, chance, delayMs) => {
    expect(retryDelayMs(retry, { retryable: true, retryAfterMs }, { random: () => chance })).toBe(delayMs);
  });
});
