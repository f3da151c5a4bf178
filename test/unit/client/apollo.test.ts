import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tokenLink } from '../../../src/client/apollo.ts';
import { TokenStore } from '../../../src/client/token-store.ts';
import { type ScriptedEndpoint, startScriptedEndpoint } from './scripted-endpoint.ts';

const unavailable = { code: 'SOURCE_UNAVAILABLE', retryable: true };
const reading = gql`query { field }`;
const writing = gql`mutation { field }`;

let endpoint: ScriptedEndpoint;
let store: TokenStore;
let client: ApolloClient;
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
  const link = new ApolloLink(tokenLink(store, { retry: { firstMs: 1, random } }));
  client = new ApolloClient({
    link: ApolloLink.from([link, new HttpLink({ uri: endpoint.url })]),
    cache: new InMemoryCache(),
  });
});
afterEach(async () => {
  vi.useRealTimers();
  client.stop();
  await endpoint.stop();
});

const read = (context = {}) => client.query({ query: reading, fetchPolicy: 'network-only', context });
const write = () => client.mutate({ mutation: writing });

describe('the Apollo link', () => {
  it('takes along what the answers before have brought', async () => {
    endpoint.replies({ token: 'a' }, { token: 'b' }, { token: 'c' });
    await write();
    await read();
    await read();
    expect(endpoint.sent()).toEqual([[], ['a'], ['b']]);
  });

  it('sends what the caller asks for this call beside the headers of the caller', async () => {
    store.learn('a');
    await read({ consistency: { level: 'strong' }, headers: { 'x-own': '1' } });
    expect(endpoint.asked[0]?.headers).toMatchObject({ 'x-consistency-level': 'strong', 'x-own': '1' });
    expect(endpoint.sent()).toEqual([['a']]);
  });

  it('sends a query again that failed for a reason that passes', async () => {
    endpoint.replies({ error: unavailable, status: 503 }, 'cut', { data: { field: 2 } });
    expect((await read()).data).toEqual({ field: 2 });
    expect(endpoint.asked).toHaveLength(3);
  });

  it('understands an answer that Apollo takes for a failed request', async () => {
    const plain = { headers: { 'content-type': 'application/json' } };
    endpoint.replies({ error: unavailable, status: 503, ...plain }, { data: { field: 2 } });
    expect((await read()).data).toEqual({ field: 2 });
  });

  it('gives the error to the caller when the query goes on failing, and a failed mutation at once', async () => {
    endpoint.replies({ error: unavailable, status: 503 });
    await expect(read()).rejects.toMatchObject({ errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }] });
    expect(endpoint.asked).toHaveLength(4);
    await expect(write()).rejects.toThrow('as told');
    expect(endpoint.asked).toHaveLength(5);
  });

  it('sends a query again when its wait is over, unless its caller has given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    endpoint.replies({ error: { ...unavailable, retryAfterMs: 100 } });
    const watching = client.watchQuery({ query: reading }).subscribe(() => undefined);
    await expect.poll(() => waits).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    await expect.poll(() => waits).toBe(2);
    expect(endpoint.asked).toHaveLength(2);
    watching.unsubscribe();
    await vi.advanceTimersByTimeAsync(1000);
    await write().catch(() => undefined);
    expect(endpoint.asked).toHaveLength(3);
  });

  it('drops a token that was refused, and tells the caller', async () => {
    store.learn('bad');
    endpoint.replies({ error: { code: 'INVALID_CONSISTENCY_TOKEN', retryable: false }, status: 400 });
    await expect(read()).rejects.toMatchObject({ errors: [{ extensions: { code: 'INVALID_CONSISTENCY_TOKEN' } }] });
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
