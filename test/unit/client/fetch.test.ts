import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consistencyHeaders } from '../../../src/client/consistency-headers.ts';
import { tokenFetch } from '../../../src/client/fetch.ts';
import { TokenStore } from '../../../src/client/token-store.ts';
import { hastyRetries, type ScriptedEndpoint, startScriptedEndpoint } from './scripted-endpoint.ts';

const unavailable = { code: 'SOURCE_UNAVAILABLE', retryable: true };
const read = { method: 'POST', body: JSON.stringify({ query: '{ field }' }) };
const write = { method: 'POST', body: JSON.stringify({ query: 'mutation { field }' }) };

let endpoint: ScriptedEndpoint;
beforeEach(async () => {
  endpoint = await startScriptedEndpoint();
});
afterEach(async () => {
  await endpoint.stop();
});

describe('a fetch with tokens', () => {
  it('takes along what the answers before have brought', async () => {
    endpoint.replies({ token: 'a' }, { token: 'b' }, {});
    const fetch = tokenFetch(new TokenStore());
    for (let call = 0; call < 3; call += 1) await fetch(endpoint.url, read);
    expect(endpoint.sent()).toEqual([[], ['a'], ['b']]);
  });

  it('leaves the answer whole for the caller', async () => {
    endpoint.replies({ token: 'a', data: { field: 7 } });
    const response = await tokenFetch(new TokenStore())(endpoint.url, read);
    expect(await response.json()).toMatchObject({ data: { field: 7 } });
  });

  it('sends what the caller asks for this call, with the tokens that the caller has put there', async () => {
    const fetch = tokenFetch(new TokenStore(['a']));
    const headers = {
      ...consistencyHeaders({ level: 'session', whenBehind: 'bypass', waitMs: 5 }),
      'x-consistency-token': 'own',
    };
    await fetch(endpoint.url, { ...read, headers });
    expect(endpoint.asked[0]?.headers).toMatchObject({
      'x-consistency-level': 'session',
      'x-consistency-when-behind': 'bypass',
      'x-consistency-wait-ms': '5',
    });
    expect(endpoint.sent()).toEqual([['own', 'a']]);
  });

  it('takes a Request as well', async () => {
    endpoint.replies({ token: 'a' });
    const fetch = tokenFetch(new TokenStore(['old']));
    await fetch(new Request(endpoint.url, { ...write, headers: { 'x-own': '1' } }));
    expect(endpoint.asked[0]).toMatchObject({ headers: { 'x-own': '1' }, body: write.body });
    expect(endpoint.sent()).toEqual([['old']]);
  });

  it('tells a refusal to the caller, drops the token and reads the source next', async () => {
    const refusal = { code: 'WRITE_LOST', retryable: false };
    endpoint.replies({ error: refusal }, { token: 'b', reason: 'strong-read' }, {});
    const fetch = tokenFetch(new TokenStore(['lost']));
    const answer = await (await fetch(endpoint.url, read)).json();
    expect(answer.errors[0].extensions.code).toBe('WRITE_LOST');
    await fetch(endpoint.url, { ...read, headers: consistencyHeaders({ level: 'session', maxStalenessMs: 9 }) });
    await fetch(endpoint.url, read);
    expect(endpoint.sent()).toEqual([['lost'], [], ['b']]);
    expect(endpoint.asked.map(({ headers }) => headers['x-consistency-level'])).toEqual([
      undefined,
      'strong',
      undefined,
    ]);
    expect(endpoint.asked[1]?.headers).not.toHaveProperty('x-consistency-max-staleness-ms');
  });
});

describe('a failed request', () => {
  it('is sent again when it only reads, after the wait that the server asks for and a little more', async () => {
    const { waitedMs, retry } = hastyRetries();
    const advised = { error: { ...unavailable, retryAfterMs: 1000 }, status: 503 };
    endpoint.replies({ ...advised }, { error: unavailable, status: 503, headers: { 'retry-after': '2' } }, 'cut', {
      token: 'a',
    });
    const response = await tokenFetch(new TokenStore(), { retry })(endpoint.url, read);
    expect(response.status).toBe(200);
    expect(waitedMs).toEqual([1075, 2150, 300]);
  });

  it('is sent with the tokens of that moment', async () => {
    const store = new TokenStore(['a']);
    const { retry } = hastyRetries();
    const sleep = async () => store.learn('b');
    endpoint.replies({ error: unavailable }, {});
    await tokenFetch(store, { retry: { ...retry, sleep } })(endpoint.url, read);
    expect(endpoint.sent()).toEqual([['a'], ['a', 'b']]);
  });

  it('is given to the caller when it goes on failing', async () => {
    const { waitedMs, retry } = hastyRetries();
    endpoint.replies({ error: unavailable, status: 503 });
    const response = await tokenFetch(new TokenStore(), { retry })(endpoint.url, read);
    expect([response.status, endpoint.asked.length, waitedMs.length]).toEqual([503, 4, 3]);
    expect((await response.json()).errors[0].extensions.code).toBe('SOURCE_UNAVAILABLE');
  });

  it.each([
    ['it may have written', write, { error: unavailable }],
    ['its effect is unknown', { method: 'POST', body: 'gibberish' }, { error: unavailable }],
    ['it would fail again', read, { error: { code: 'BAD_USER_INPUT', retryable: false } }],
    ['the server asks for a long wait', read, { error: { ...unavailable, retryAfterMs: 60_000 } }],
  ])('is not sent again when %s', async (_, request, reply) => {
    const { retry } = hastyRetries();
    endpoint.replies(reply);
    await tokenFetch(new TokenStore(), { retry })(endpoint.url, request);
    expect(endpoint.asked).toHaveLength(1);
  });

  it('throws what fetch throws, for a write at once', async () => {
    const { retry } = hastyRetries();
    endpoint.replies('cut');
    await expect(tokenFetch(new TokenStore(), { retry })(endpoint.url, write)).rejects.toThrow('fetch failed');
    expect(endpoint.asked).toHaveLength(1);
  });

  it('is not waited for when the caller has given up', async () => {
    const leaving = new AbortController();
    endpoint.replies({ error: { ...unavailable, retryAfterMs: 4000 } });
    let waits = 0;
    const random = () => {
      waits += 1;
      return 0.5;
    };
    const fetching = tokenFetch(new TokenStore(), { retry: { random } });
    const given = expect(fetching(endpoint.url, { ...read, signal: leaving.signal })).rejects.toThrow(/abort/);
    await expect.poll(() => waits).toBe(1);
    leaving.abort();
    await given;
    expect(endpoint.asked).toHaveLength(1);
  });
});
