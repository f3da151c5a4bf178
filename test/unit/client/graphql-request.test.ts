import { GraphQLClient } from 'graphql-request';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consistencyHeaders } from '../../../src/client/consistency-headers.ts';
import { tokenMiddleware } from '../../../src/client/graphql-request.ts';
import { TokenStore } from '../../../src/client/token-store.ts';
import { withRetries } from '../../../src/client/with-retries.ts';
import { type ScriptedEndpoint, startScriptedEndpoint } from './scripted-endpoint.ts';

let endpoint: ScriptedEndpoint;
let store: TokenStore;
let client: GraphQLClient;
beforeEach(async () => {
  endpoint = await startScriptedEndpoint();
  store = new TokenStore();
  client = new GraphQLClient(endpoint.url, { ...tokenMiddleware(store) });
});
afterEach(async () => {
  await endpoint.stop();
});

const read = (headers = {}) => client.request('{ field }', {}, headers);

describe('the graphql-request middleware', () => {
  it('takes along what the answers before have brought', async () => {
    endpoint.replies({ token: 'a' }, { token: 'b' }, {});
    await read();
    await client.rawRequest('{ field }');
    await read();
    expect(endpoint.sent()).toEqual([[], ['a'], ['b']]);
  });

  it('sends what the caller asks for this call', async () => {
    store.learn('a');
    await read(consistencyHeaders({ level: 'bounded', maxStalenessMs: 9 }));
    expect(endpoint.asked[0]?.headers).toMatchObject({
      'x-consistency-level': 'bounded',
      'x-consistency-max-staleness-ms': '9',
    });
    expect(endpoint.sent()).toEqual([['a']]);
  });

  it('tells answers apart that overlap, whatever order they come in', async () => {
    let release: () => void = () => undefined;
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    store.learn('a');
    endpoint.replies({ token: 'slow', after }, { token: 'fast' }, { token: 'next' });
    const own = { 'x-request-id': 'the-same' };
    const slow = read(own);
    await expect.poll(() => endpoint.asked.length).toBe(1);
    await read(own);
    expect(store.tokens).toEqual(['fast']);
    await read(own);
    release();
    await slow;
    expect(store.tokens).toEqual(['next', 'slow']);
  });

  it('keeps the token of an answer that it cannot place', async () => {
    store.learn('a');
    endpoint.replies({ token: 'b', headers: { 'x-request-id': 'of a gateway' } });
    await read();
    expect(store.tokens).toEqual(['a', 'b']);
  });

  it('drops a token that was refused, and tells the caller', async () => {
    store.learn('bad');
    endpoint.replies({ error: { code: 'WRITE_LOST', retryable: false }, status: 400 });
    await expect(read()).rejects.toThrow('as told');
    expect(store.depart()).toMatchObject({ tokens: [], needsSource: true });
  });

  it('works with retries around it', async () => {
    endpoint.replies({ error: { code: 'OVERLOADED', retryable: true }, status: 503 }, 'cut', { data: { field: 2 } });
    expect(await withRetries(() => read(), { firstMs: 1 })).toEqual({ field: 2 });
  });
});
