import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokenStore } from '../../../src/client/token-store.ts';
import { tokenExchange } from '../../../src/client/urql.ts';
import { type ScriptedEndpoint, startScriptedEndpoint } from './scripted-endpoint.ts';

const unavailable = { code: 'SOURCE_UNAVAILABLE', retryable: true };
const reading = gql`query { field }`;
const writing = gql`mutation { field }`;

let endpoint: ScriptedEndpoint;
let store: TokenStore;
let client: Client;
/** How many waits before another try have begun. */
let waits: number;
const random = () => {
  waits += 1;
  return 0.5;
};
beforeEach(async () => {
  endpoint = await startScriptedEndpoint();
  store = new TokenStore();
  waits = 0;
  client = new Client({
    url: endpoint.url,
    preferGetMethod: false,
    exchanges: [cacheExchange, tokenExchange(store, { retry: { firstMs: 1, random } }), fetchExchange],
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await endpoint.stop();
});

const read = (context = {}) => client.query(reading, {}, { requestPolicy: 'network-only', ...context }).toPromise();
const write = () => client.mutation(writing, {}).toPromise();

describe('the urql exchange', () => {
  it('takes along what the answers before have brought', async () => {
    endpoint.replies({ token: 'a' }, { token: 'b' }, { token: 'c' });
    await write();
    const { operation } = await read();
    await read();
    expect(endpoint.sent()).toEqual([[], ['a'], ['b']]);
    expect(operation.context.fetchOptions).toBeUndefined();
  });

  it('sends what the caller asks for this call beside the headers of the caller', async () => {
    store.learn('a');
    await read({ consistency: { level: 'strong' }, fetchOptions: () => ({ headers: { 'x-own': '1' } }) });
    expect(endpoint.asked[0]?.headers).toMatchObject({ 'x-consistency-level': 'strong', 'x-own': '1' });
    expect(endpoint.sent()).toEqual([['a']]);
  });

  it('sends nothing for what the cache has', async () => {
    await read();
    const { data } = await client.query(reading, {}).toPromise();
    expect(data).toEqual({ field: 1 });
    expect(endpoint.asked).toHaveLength(1);
  });

  it('sends a query again that failed for a reason that passes', async () => {
    endpoint.replies({ error: unavailable, status: 503 }, 'cut', { data: { field: 2 } });
    expect((await read()).data).toEqual({ field: 2 });
    expect(endpoint.asked).toHaveLength(3);
  });

  it('gives the error to the caller when the query goes on failing, and a failed mutation at once', async () => {
    endpoint.replies({ error: unavailable, status: 503 });
    expect((await read()).error?.graphQLErrors[0]?.extensions.code).toBe('SOURCE_UNAVAILABLE');
    expect(endpoint.asked).toHaveLength(4);
    expect((await write()).error).toBeDefined();
    expect(endpoint.asked).toHaveLength(5);
  });

  it('sends a query again when its wait is over, unless its caller has given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    endpoint.replies({ error: { ...unavailable, retryAfterMs: 100 } });
    const { unsubscribe } = client.query(reading, {}).subscribe(() => undefined);
    await expect.poll(() => waits).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    await expect.poll(() => waits).toBe(2);
    expect(endpoint.asked).toHaveLength(2);
    unsubscribe();
    await vi.advanceTimersByTimeAsync(1000);
    await write();
    expect(endpoint.asked).toHaveLength(3);
  });

  it('drops a token that was refused, and tells the caller', async () => {
    store.learn('bad');
    endpoint.replies({ error: { code: 'INVALID_CONSISTENCY_TOKEN', retryable: false } });
    expect((await read()).error?.graphQLErrors[0]?.extensions.code).toBe('INVALID_CONSISTENCY_TOKEN');
    expect(store.depart()).toMatchObject({ tokens: [], needsSource: true });
  });

  it('never answers a refetch with a query that left before the mutation had ended', async () => {
    let release: () => void = () => undefined;
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    endpoint.replies({ data: { field: 'old' }, after }, { token: 'written' }, { data: { field: 'new' } });
    const early = read();
    await expect.poll(() => endpoint.asked.length).toBe(1);
    await write();
    const refetched = read();
    release();
    expect((await refetched).data).toEqual({ field: 'new' });
    expect((await early).data).toEqual({ field: 'new' });
    expect(endpoint.sent()).toEqual([[], [], ['written']]);
  });
});
