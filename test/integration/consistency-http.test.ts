import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TokenCodec } from '../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../src/consistency/token-keyring.ts';
import { cursorToken } from '../../src/orders/order-cursor.ts';
import { positions } from '../../src/servers/known-flavours.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { type Asking, ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { cookieOf, count, create, createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

// Two API processes side by side over one cluster, asked over HTTP.
let cluster: TestCluster;
let a: TestApi;
let b: TestApi;
let cookieName: string;
const started: TestApi[] = [];
const replicas = ['replica-1', 'replica-2'] as const;
const origin = 'https://shop.example.com';

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  const environment = { ...environmentFor(cluster), CORS_ORIGINS: origin };
  [a, b] = await Promise.all([startApi(environment), startApi(environment)]);
  const { answer } = await createOrder(a);
  cookieName = cookieOf(answer).split('=')[0] ?? '';
  expect(cookieName).toMatch(new RegExp(`^tidemark_${cluster.cluster.id}_[0-9a-f]{12}$`));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.stop()));
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await cluster.stop();
});

async function another(environment: Readonly<Record<string, string>>): Promise<TestApi> {
  const api = await startApi({ ...environmentFor(cluster), ...environment });
  started.push(api);
  return api;
}

let users = 1000;
const newUser = () => {
  users += 1;
  return String(users);
};
describe('a token', () => {
  it('from one process lets every other one read what was written', async () => {
    for (let round = 0; round < 40; round += 1) {
      const [writer, reader] = round % 2 === 0 ? [a, b] : [b, a];
      const { id, token } = await createOrder(writer);
      const read = await ask(reader, one, { variables: { id }, headers: withToken(token) });
      expect(read.data.order).toMatchObject({ id, items: [{ sku: 'S' }] });
      expect(read.consistency?.level).toBe('SESSION');
    }
  });

  it('comes as payload, header, extension and cookie, all of them the same', async () => {
    const { answer } = await createOrder(a);
    const token = answer.data.createOrder.consistencyToken;
    expect(token).toMatch(/^[\w-]{60,300}$/);
    expect([answer.token, answer.consistency?.token]).toEqual([token, token]);
    expect(cookieOf(answer)).toBe(`${cookieName}=${token}`);
    expect(answer.cookie).toMatch(/; Max-Age=\d+; Path=\/graphql; HttpOnly; SameSite=Strict$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.consistency).toMatchObject({
      level: 'SESSION',
      servedBy: { node: 'source', role: 'SOURCE' },
      reason: 'write-operation',
    });
  });

  it.each([
    ['the header', (token: string): Asking => ({ headers: withToken(token) }), one],
    ['the cookie', (token: string): Asking => ({ headers: { cookie: `other=1; ${cookieName}=${token}` } }), one],
    [
      'the directive',
      (token: string): Asking => ({ variables: { token } }),
      one.replace('($id: ID!)', '($id: ID!, $token: String) @consistency(token: $token)'),
    ],
  ])('is read from %s', async (_, carry, query) => {
    for (let round = 0; round < 10; round += 1) {
      const { id, token } = await createOrder(a);
      const { variables = {}, headers = {} } = carry(token);
      const read = await ask(b, query, { variables: { id, ...variables }, headers });
      expect(read.errors).toEqual([]);
      expect(read.data.order?.id).toBe(id);
    }
  });

  it('is merged from all of them', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [first, second, third] = [await createOrder(a), await createOrder(b), await createOrder(a)];
      const query = `query ($ids: [ID!]!, $token: String) @consistency(token: $token) { nodes(ids: $ids) { id } }`;
      const read = await ask(b, query, {
        variables: { ids: [first.id, second.id, third.id], token: first.token },
        headers: { ...withToken(second.token), cookie: `${cookieName}=${third.token}` },
      });
      expect(read.data.nodes.map((node: { id: string } | null) => node?.id)).toEqual([first.id, second.id, third.id]);
    }
  });

  it('is set as cookie only by answers that advance the session', async () => {
    const { answer } = await createOrder(a);
    for (const name of replicas) await caughtUp(cluster, name);
    const read = await ask(a, count, { headers: { cookie: cookieOf(answer) } });
    expect(read.cookie).toBeNull();
    expect(read.token).toBe(answer.token);
    const fresh = await ask(a, count);
    expect(cookieOf(fresh)).toMatch(new RegExp(`^${cookieName}=`));
    const eventual = await ask(a, count, { headers: { 'x-consistency-level': 'eventual' } });
    expect([eventual.cookie, eventual.token]).toEqual([null, null]);
  });

  it('lets a browser read its own writes with nothing to do', async () => {
    let cookie = '';
    for (let round = 0; round < 30; round += 1) {
      const { id, answer } = await createOrder(round % 2 === 0 ? a : b, { headers: { cookie } });
      cookie = cookieOf(answer);
      const read = await ask(a, one, { variables: { id }, headers: { cookie } });
      expect(read.data.order?.id).toBe(id);
      if (read.cookie !== null) cookie = cookieOf(read);
    }
  });
});

describe('browsers of other origins', () => {
  it('may read the token when they are listed', async () => {
    const answer = await ask(a, create, { variables: { userId: '1' }, headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-consistency-token');
  });

  it('may send the headers when they are listed, and are told nothing when they are not', async () => {
    const preflight = (from: string) =>
      fetch(a.url, {
        method: 'OPTIONS',
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-consistency-token',
        },
      });
    expect((await preflight(origin)).headers.get('access-control-allow-headers')).toContain('x-consistency-token');
    expect((await preflight('https://elsewhere.example.com')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('every level with every policy', () => {
  const levels = ['eventual', 'bounded', 'session', 'strong'] as const;
  const policies = ['wait', 'bypass', 'fail'] as const;
  const all = levels.flatMap((level) => policies.map((policy) => [level, policy] as const));
  const headersOf = (level: string, policy: string, token?: string) => ({
    'x-consistency-level': level,
    'x-consistency-when-behind': policy,
    ...(level === 'bounded' && { 'x-consistency-max-staleness-ms': '0' }),
    ...(token !== undefined && withToken(token)),
  });

  it.each(all)('%s, %s: reads what was written once all replicas have it', async (level, policy) => {
    const { id, token } = await createOrder(a);
    for (const name of replicas) await caughtUp(cluster, name);
    const headers = { ...headersOf(level, policy, token), 'x-consistency-wait-ms': '2000' };
    const read = await ask(b, one, { variables: { id }, headers });
    expect(read.errors).toEqual([]);
    expect(read.data.order.id).toBe(id);
    expect(read.consistency?.level).toBe(level.toUpperCase());
    if (level === 'strong') expect(read.consistency?.reason).toBe('strong-read');
  });

  /** Resolves when `b` has seen all replicas well. */
  async function bothServing(): Promise<void> {
    for (let probes = 0; probes < 600; probes += 1) {
      const { data } = await ask(b, '{ cluster { nodes { role state } } }');
      const states: { role: string; state: string }[] = data.cluster.nodes;
      if (states.filter(({ role, state }) => role === 'REPLICA' && state === 'HEALTHY').length === 2) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the replicas did not become well');
  }

  describe('while all replicas are seconds behind', () => {
    beforeEach(async () => {
      for (const name of replicas) await cluster.setDelay(name, 20);
      // Their appliers were stopped for a moment, which may have been seen.
      await bothServing();
    });
    afterEach(async () => {
      for (const name of replicas) await cluster.setDelay(name, 0);
      for (const name of replicas) await caughtUp(cluster, name);
    });

    it('answers as the table says', async () => {
      const { id, token } = await createOrder(a);
      const found: Record<string, string> = {};
      for (const [level, policy] of all) {
        const read = await ask(b, one, { variables: { id }, headers: headersOf(level, policy, token) });
        const what = read.code ?? (read.data.order === null ? 'old' : 'new');
        found[`${level} ${policy}`] =
          `${what} ${read.consistency?.servedBy?.role ?? ''} ${read.consistency?.reason ?? ''}`.trim();
      }
      expect(found).toEqual({
        'eventual wait': 'old REPLICA any-replica',
        'eventual bypass': 'old REPLICA any-replica',
        'eventual fail': 'old REPLICA any-replica',
        'bounded wait': 'new SOURCE source-after-wait',
        'bounded bypass': 'new SOURCE source-bypass',
        'bounded fail': 'CONSISTENCY_TIMEOUT',
        'session wait': 'new SOURCE source-after-wait',
        'session bypass': 'new SOURCE source-bypass',
        'session fail': 'CONSISTENCY_TIMEOUT',
        'strong wait': 'new SOURCE strong-read',
        'strong bypass': 'new SOURCE strong-read',
        'strong fail': 'new SOURCE strong-read',
      });
    });

    it('FAIL tells what was wanted, how far the replicas are, and how long it waited', async () => {
      const { id, token } = await createOrder(a);
      const headers = { ...headersOf('session', 'fail', token), 'x-consistency-wait-ms': '30' };
      const read = await ask(b, one, { variables: { id }, headers });
      expect(read.status).toBe(503);
      expect(read.code).toBe('CONSISTENCY_TIMEOUT');
      const { wanted, current, waitedMs, retryable } = read.errors[0]?.extensions ?? {};
      expect([typeof wanted, typeof current, retryable]).toEqual(['string', 'string', true]);
      expect(wanted).not.toBe(current);
      expect(Number(waitedMs)).toBeGreaterThanOrEqual(25);
    });

    it('a second page is never older than the first, without any token but its cursor', async () => {
      const userId = newUser();
      await createOrder(a, { variables: { userId } });
      await createOrder(a, { variables: { userId } });
      const page = `query ($userId: ID!, $after: String) { orders(first: 1, after: $after, where: { userId: $userId }) { edges { cursor node { id } } } }`;
      const first = await ask(a, page, { variables: { userId }, headers: { 'x-consistency-level': 'strong' } });
      const after = first.data.orders.edges[0].cursor;
      const spread =
        'query ($userId: ID!, $after: String) { ...Page } fragment Page on Query { orders(first: 1, after: $after, where: { userId: $userId }) { edges { node { id } } } }';
      for (const query of [page, spread]) {
        const second = await ask(b, query, { variables: { userId, after } });
        expect(second.data.orders.edges).toHaveLength(1);
      }
      const eventual = await ask(b, page, {
        variables: { userId, after },
        headers: { 'x-consistency-level': 'eventual' },
      });
      expect(eventual.data.orders.edges).toHaveLength(0);
    });
  });
});

describe('a request that makes no sense', () => {
  it('is refused with all of its faults at once', async () => {
    const headers = {
      'x-consistency-level': 'quantum',
      'x-consistency-when-behind': 'panic',
      'x-consistency-wait-ms': '-1',
      'x-consistency-max-staleness-ms': 'soon',
    };
    const answer = await ask(a, count, { headers });
    expect([answer.status, answer.code]).toEqual([400, 'BAD_CONSISTENCY_REQUEST']);
    expect(answer.errors[0]?.extensions.faults).toHaveLength(4);
    expect(answer.data ?? null).toBeNull();
  });

  it('is refused in the directive as in the headers', async () => {
    const text = 'query @consistency(level: STRONG, maxStalenessMs: 5, waitMs: -3) { orderCounts { total } }';
    const answer = await ask(a, text);
    expect([answer.status, answer.code]).toEqual([400, 'BAD_CONSISTENCY_REQUEST']);
    expect(answer.errors[0]?.extensions.faults).toHaveLength(2);
  });

  it('is refused also when it writes, and writes nothing', async () => {
    const before = (await ask(a, count, { headers: { 'x-consistency-level': 'strong' } })).data.orderCounts.total;
    const answer = await ask(a, create, { variables: { userId: '1' }, headers: { 'x-consistency-level': 'quantum' } });
    expect(answer.code).toBe('BAD_CONSISTENCY_REQUEST');
    const after = (await ask(a, count, { headers: { 'x-consistency-level': 'strong' } })).data.orderCounts.total;
    expect(after).toBe(before);
  });
});

const codec = (given: { clusterId?: string; keys?: { id: string; secret: string }[] }) =>
  new TokenCodec({
    keyring: new TokenKeyring(given.keys ?? [...cluster.cluster.tokenKeys]),
    positions,
    clusterId: given.clusterId ?? cluster.cluster.id,
    flavour: () => null,
  });
const session = (clusterId: string) => ({ clusterId, epoch: 1, position: null, issuedAtMs: 1, requiresSource: true });

describe('a token of another database', () => {
  const parts = (token: string | null) =>
    codec({ clusterId: 'nobody' })
      .decode(token ?? '', Date.now())
      .flatMap(({ others = [] }) => others);
  const elsewhere = () => codec({ clusterId: 'elsewhere' }).encode(session('elsewhere'));

  it('is handed back with what was seen here, and asks nothing of our servers', async () => {
    for (const name of replicas) await caughtUp(cluster, name);
    const read = await ask(b, count, { headers: withToken(elsewhere()) });
    expect(read.errors).toEqual([]);
    expect(read.consistency).toMatchObject({ servedBy: { role: 'REPLICA' }, reason: 'any-replica' });
    expect(parts(read.token)).toMatchObject([{ clusterId: cluster.cluster.id }, session('elsewhere')]);
    expect(cookieOf(read)).toBe(`${cookieName}=${read.token}`);
    const next = await ask(a, create, { variables: { userId: newUser() }, headers: { cookie: cookieOf(read) } });
    expect(parts(next.data.createOrder.consistencyToken)).toMatchObject([
      { clusterId: cluster.cluster.id },
      session('elsewhere'),
    ]);
    const nothingSeen = { ...withToken(elsewhere()), 'x-consistency-level': 'eventual' };
    expect((await ask(b, count, { headers: nothingSeen })).token).toBe(elsewhere());
  });

  it('is no part of cursors', async () => {
    const page = '{ orders(first: 1) { pageInfo { endCursor } } }';
    const read = await ask(b, page, { headers: withToken(elsewhere()) });
    const cursor: string = read.data.orders.pageInfo.endCursor;
    expect(parts(cursorToken(cursor))).toMatchObject([{ clusterId: cluster.cluster.id }]);
    expect(parts(read.token)).toHaveLength(2);
  });

  it('is refused with others when one token could not hold them all', async () => {
    const tokens = Array.from({ length: 3 }, (_, index) => {
      const others = Array.from({ length: 5 }, (_, at) => session(`elsewhere-${index}-${at}`));
      const [own = expect.unreachable(), ...rest] = others;
      return codec({ clusterId: own.clusterId }).encode({ ...own, others: rest });
    });
    const refused = await ask(b, count, { headers: withToken(tokens.join()) });
    expect([refused.status, refused.code]).toEqual([400, 'BAD_CONSISTENCY_REQUEST']);
    expect((await ask(b, count, { headers: withToken(tokens.slice(1).join()) })).errors).toEqual([]);
  });
});

describe('a token that is none of ours', () => {
  const flipped = (token: string) => `${token.slice(0, -4)}${token.at(-4) === 'A' ? 'B' : 'A'}${token.slice(-3)}`;
  const cases: [what: string, make: (token: string) => string, reason: string][] = [
    ['forged', flipped, 'bad-signature'],
    ['cut off', (token) => token.slice(0, 10), 'malformed'],
    ['something else', () => 'no token at all!', 'malformed'],
    ['oversize', () => 'A'.repeat(5000), 'oversize'],
    [
      'signed by a key that is no longer known',
      () => codec({ keys: [{ id: 'old', secret: 'x'.repeat(32) }] }).encode(session(cluster.cluster.id)),
      'unknown-key',
    ],
  ];

  it.each(cases)('because it is %s is refused', async (_, make, reason) => {
    const { token, answer } = await createOrder(a);
    const cookie = cookieOf(answer);
    const refused = await ask(b, count, { headers: { ...withToken(make(token)), cookie } });
    expect([refused.status, refused.code]).toEqual([400, 'INVALID_CONSISTENCY_TOKEN']);
    expect(refused.errors[0]?.extensions).toMatchObject({ reason, retryable: false });
    expect(refused.cookie, 'the cookie was good').toBeNull();
  });

  it.each(cases)('because it is %s breaks nothing when it is the cookie, which is replaced', async (_, make) => {
    const { token } = await createOrder(a);
    const refused = await ask(b, count, { headers: { cookie: `${cookieName}=${make(token)}` } });
    expect(refused.errors).toEqual([]);
    expect(cookieOf(refused)).toBe(`${cookieName}=${refused.token}`);
    const next = await ask(b, count, { headers: { cookie: cookieOf(refused) } });
    expect([next.errors, next.cookie]).toEqual([[], null]);
  });

  it('writes nothing', async () => {
    const strong = { 'x-consistency-level': 'strong' };
    const before = (await ask(a, count, { headers: strong })).data.orderCounts.total;
    const refused = await ask(a, create, { variables: { userId: '1' }, headers: withToken('nonsense') });
    expect(refused.code).toBe('INVALID_CONSISTENCY_TOKEN');
    expect((await ask(a, count, { headers: strong })).data.orderCounts.total).toBe(before);
  });

  it('is ours again where its key is still known, and is renewed there', async () => {
    const [key] = cluster.cluster.tokenKeys;
    const rotated = await another({ TOKEN_KEYS: `new:${'y'.repeat(40)},${key?.id}:${key?.secret}` });
    const { id, token } = await createOrder(a);
    const read = await ask(rotated, one, { variables: { id }, headers: withToken(token) });
    expect(read.data.order?.id).toBe(id);
    expect(read.token).not.toBe(token);
    expect((await ask(a, count, { headers: withToken(String(read.token)) })).code).toBe('INVALID_CONSISTENCY_TOKEN');
  });
});

describe('GET and POST', () => {
  it('route a query alike', async () => {
    const { id, token } = await createOrder(a);
    for (const name of replicas) await caughtUp(cluster, name);
    for (const method of ['GET', 'POST'] as const) {
      const read = await ask(b, one, { variables: { id }, headers: withToken(token), method });
      expect(read.data.order?.id).toBe(id);
      expect(read.consistency?.servedBy?.role).toBe('REPLICA');
    }
    const strong = await ask(b, one, {
      variables: { id },
      headers: { 'x-consistency-level': 'strong' },
      method: 'GET',
    });
    expect(strong.consistency?.servedBy?.role).toBe('SOURCE');
  });

  it('write only with POST', async () => {
    const answer = await ask(a, create, { variables: { userId: '1' }, method: 'GET' });
    expect(answer.status).toBe(405);
    expect(answer.data ?? null).toBeNull();
  });
});

describe('without any server', () => {
  const nowhere = 'mysql://u:p@127.0.0.1:1/orders';

  it('the schema can be explored, and everything else says at once what is missing', async () => {
    const api = await another({ SOURCE_URL: nowhere, REPLICA_URLS: nowhere.replace(':1/', ':2/') });
    const schema = await ask(api, '{ __schema { queryType { name } } __typename }');
    expect([schema.errors, schema.data.__schema.queryType.name]).toEqual([[], 'Query']);
    const read = await ask(api, count);
    expect([read.status, read.code]).toEqual([503, 'LIMITED_FUNCTIONALITY']);
    const write = await ask(api, create, { variables: { userId: '1' } });
    expect([write.status, write.code]).toEqual([503, 'SOURCE_UNAVAILABLE']);
    const bad = await ask(api, '{ __typename }', { headers: { 'x-consistency-level': 'quantum' } });
    expect(bad.code).toBe('BAD_CONSISTENCY_REQUEST');
    const texts = JSON.stringify([read.errors, write.errors]);
    expect(texts).not.toMatch(/ECONNREFUSED|prisma|mysql:/i);
  });
});
