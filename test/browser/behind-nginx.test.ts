import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ApiProcess, freePort, startApiProcess } from '../consistency/api-process.ts';
import { connect as connectApollo } from '../examples/clients/apollo.ts';
import { connect as connectFetch } from '../examples/clients/fetch.ts';
import { connect as connectGraphqlRequest } from '../examples/clients/graphql-request.ts';
import { connect as connectUrql } from '../examples/clients/urql.ts';
import { migrateOrders } from '../support/engine.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { create } from '../support/orders-over-http.ts';
import { subscribe } from '../support/server-sent-events.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';
import { launchBrowser } from './support/chromium.ts';
import { Tabs } from './support/tabs.ts';

// Everything through an nginx that ends TLS and takes a prefix away, with nothing else of it set. Replicas are late: whoever
// loses the token on the way does not find what was written.
const own = 10;
const read = 'query Read($id: ID!) { order(by: { id: $id }) { id } }';
const user = { userId: '1' };

let cluster: TestCluster;
let api: ApiProcess;
let nginx: Nginx;
let tabs: Tabs;
let url: string;

beforeAll(async () => {
  // The certificate is one of ours.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  const port = await freePort();
  api = await startApiProcess(cluster, { environment: { PUBLIC_URL: `https://localhost:${port}/shop` } });
  nginx = await startNginx(new URL(api.url).origin, { prefix: '/shop', port });
  url = `${nginx.url}/graphql`;
  tabs = new Tabs(await launchBrowser(), nginx.url);
  await Promise.all(['replica-1', 'replica-2'].map((name) => cluster.setDelay(name, 2)));
});
afterEach(() => tabs.closeAll());
afterAll(async () => {
  await tabs?.close();
  await nginx?.stop();
  await api?.stop();
  await cluster?.stop();
  vi.unstubAllEnvs();
});

/** A cookie jar that keeps to the path of its cookies, as browsers do. */
class Jar {
  readonly #cookies = new Map<string, string>();
  attributes = '';

  async ask(query: string, variables: object) {
    const { pathname } = new URL(url);
    const cookie = [...this.#cookies].filter(([path]) => pathname.startsWith(path)).map(([, pair]) => pair);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(cookie.length > 0 && { cookie: cookie.join('; ') }) },
      body: JSON.stringify({ query, variables }),
    });
    for (const line of response.headers.getSetCookie()) {
      this.attributes = line;
      this.#cookies.set(/; Path=([^;]+)/.exec(line)?.[1] ?? '/', line.split(';')[0] ?? '');
    }
    return (await response.json()).data;
  }
}

describe('through nginx, below a prefix, with TLS', () => {
  it('a cookie is sent back, so that users see their own orders', async () => {
    const jar = new Jar();
    let missing = 0;
    for (let round = 0; round < own; round += 1) {
      const { id } = (await jar.ask(create, user)).createOrder.order;
      if ((await jar.ask(read, { id })).order?.id !== id) missing += 1;
    }
    expect(missing).toBe(0);
    expect(jar.attributes).toMatch(/; Path=\/shop\/graphql; HttpOnly; SameSite=Strict; Secure$/);
  });

  // biome-ignore lint/suspicious/noExplicitAny: each library types what it answers in its own way
  type Call = (query: string, variables: object) => Promise<any>;
  const carriers: Record<string, () => Call> = {
    fetch: () => {
      const ask = connectFetch(url);
      return async (query, variables) => (await ask(query, variables)).data;
    },
    urql: () => {
      const client = connectUrql(url);
      return async (query, variables) =>
        query === create
          ? (await client.mutation(query, variables).toPromise()).data
          : (await client.query(query, variables, { requestPolicy: 'network-only' }).toPromise()).data;
    },
    Apollo: () => apolloCall(connectApollo(url)),
    'graphql-request': () => {
      const client = connectGraphqlRequest(url);
      return (query, variables) => client.request(query, variables as Record<string, unknown>);
    },
  };
  function apolloCall(client: ApolloClient): Call {
    return async (text, variables) =>
      text === create
        ? (await client.mutate({ mutation: apolloGql(text), variables })).data
        : (await client.query({ query: apolloGql(text), variables, fetchPolicy: 'network-only' })).data;
  }

  it('alone, a client does miss them', async () => {
    const call = apolloCall(new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() }));
    let missing = 0;
    for (let round = 0; round < own; round += 1) {
      const { id } = (await call(create, user)).createOrder.order;
      if ((await call(read, { id })).order?.id !== id) missing += 1;
    }
    expect(missing).toBeGreaterThan(0);
  });

  it.each(Object.entries(carriers))('%s carries the token', async (_, connect) => {
    const call = connect();
    let missing = 0;
    for (let round = 0; round < own; round += 1) {
      const { id } = (await call(create, user)).createOrder.order;
      if ((await call(read, { id })).order?.id !== id) missing += 1;
    }
    expect(missing).toBe(0);
  });

  it('events of a subscription arrive as they happen', async () => {
    const changes = await subscribe(url, 'subscription { orderChanged { kind orderId } }');
    expect(changes.status).toBe(200);
    const { id } = (await new Jar().ask(create, user)).createOrder.order;
    await until('the change is heard', () => changes.told.some(({ orderId }) => orderId === id));
    changes.leave();
    await changes.ended;
  });

  it('the page shows orders, and goes from page to page', async () => {
    const { page, faults } = await tabs.open('/', { ignoreHTTPSErrors: true });
    await page.locator('tbody tr[data-number]').first().waitFor();
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.waitForURL(/\/shop\/cluster$/);
    await page.getByText('replica-1').first().waitFor();
    await page.reload();
    await page.getByText('replica-1').first().waitFor();
    expect(faults).toEqual([]);
  });

  it('GraphiQL runs an operation', async () => {
    const { page, faults } = await tabs.open(`/graphql?query=${encodeURIComponent('{ __typename }')}`, {
      ignoreHTTPSErrors: true,
    });
    await page.getByRole('button', { name: /Execute query/ }).click();
    await page.locator('.result-window', { hasText: '"Query"' }).waitFor();
    // The editor's own workers come out of the page.
    expect(faults.filter((fault) => !fault.startsWith('asked blob:'))).toEqual([]);
  });
});
