import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { GraphQLClient } from 'graphql-request';
import { consistencyHeaders } from 'tidemark/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiProcess, startApiProcess } from '../consistency/api-process.ts';
import { connect as connectApollo } from '../examples/clients/apollo.ts';
import { connect as connectFetch } from '../examples/clients/fetch.ts';
import { connect as connectGraphqlRequest } from '../examples/clients/graphql-request.ts';
import { connect as connectUrql } from '../examples/clients/urql.ts';
import { migrateOrders } from '../support/engine.ts';
import { create } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

// What docs/clients.md shows of each library, and the library alone, while both replicas apply everything a second late.
// No client here keeps cookies.
const rounds = 1000;
const clients = 10;
const roundsAtOncePerClient = 2;
const read = 'query Read($id: ID!) { order(by: { id: $id }) { id } }';
// Waiting takes 50 ms before it comes to the source: most reads go there at once.
const atOnce = { whenBehind: 'bypass' } as const;

let cluster: TestCluster;
let api: ApiProcess;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  // A process of its own: the clients have enough to do in this one.
  api = await startApiProcess(cluster);
  await Promise.all(['replica-1', 'replica-2'].map((name) => cluster.setDelay(name, 1)));
});
afterAll(async () => {
  await api.stop();
  await cluster.stop();
});

type Calls = {
  /** Resolves to the new order's id. */
  write(): Promise<string>;
  /** Resolves to the id that was found. */
  read(id: string, waits: boolean): Promise<string | undefined>;
};

// biome-ignore lint/suspicious/noExplicitAny: each library types what it answers in its own way
type Data = any;
const written = (data: Data): string => data.createOrder.order.id;
const found = (data: Data): string | undefined => data.order?.id;
const user = { userId: '1' };

const libraries: Record<string, { connect: () => Calls; alone: () => Calls }> = {
  fetch: {
    connect: () => {
      const ask = connectFetch(api.url);
      const direct = `query Read($id: ID!) @consistency(whenBehind: BYPASS) ${read.slice(read.indexOf('{'))}`;
      return {
        write: async () => written((await ask(create, user)).data),
        read: async (id, waits) => found((await ask(waits ? read : direct, { id })).data),
      };
    },
    alone: () => {
      const headers = { 'content-type': 'application/json' };
      const ask = async (query: string, variables: object) => {
        const body = JSON.stringify({ query, variables });
        return (await (await fetch(api.url, { method: 'POST', headers, body })).json()).data;
      };
      return {
        write: async () => written(await ask(create, user)),
        read: async (id) => found(await ask(read, { id })),
      };
    },
  },
  urql: {
    connect: () => callsOfUrql(connectUrql(api.url)),
    alone: () => callsOfUrql(new Client({ url: api.url, exchanges: [fetchExchange] })),
  },
  Apollo: {
    connect: () => callsOfApollo(connectApollo(api.url)),
    alone: () => callsOfApollo(new ApolloClient({ link: new HttpLink({ uri: api.url }), cache: new InMemoryCache() })),
  },
  'graphql-request': {
    connect: () => callsOfGraphqlRequest(connectGraphqlRequest(api.url)),
    alone: () => callsOfGraphqlRequest(new GraphQLClient(api.url)),
  },
};

function callsOfUrql(client: Client): Calls {
  return {
    write: async () => written((await client.mutation(create, user).toPromise()).data),
    read: async (id, waits) => {
      const context = { requestPolicy: 'network-only', ...(!waits && { consistency: atOnce }) } as const;
      return found((await client.query(read, { id }, context).toPromise()).data);
    },
  };
}

function callsOfApollo(client: ApolloClient): Calls {
  const [mutation, query] = [apolloGql(create), apolloGql(read)];
  return {
    write: async () => written((await client.mutate({ mutation, variables: user })).data),
    read: async (id, waits) => {
      const context = waits ? {} : { consistency: atOnce };
      return found((await client.query({ query, variables: { id }, fetchPolicy: 'network-only', context })).data);
    },
  };
}

function callsOfGraphqlRequest(client: GraphQLClient): Calls {
  return {
    write: async () => written(await client.request(create, user)),
    read: async (id, waits) => found(await client.request(read, { id }, waits ? {} : consistencyHeaders(atOnce))),
  };
}

/** How many reads did not find what had just been written, by clients that do several things at once. */
async function staleReads(connect: () => Calls, total: number): Promise<number> {
  let [begun, stale] = [0, 0];
  const work = async (calls: Calls) => {
    while (begun < total) {
      begun += 1;
      const waits = begun % 10 === 0;
      const id = await calls.write();
      if ((await calls.read(id, waits)) !== id) stale += 1;
    }
  };
  const connected = Array.from({ length: clients }, connect);
  await Promise.all(connected.flatMap((calls) => Array.from({ length: roundsAtOncePerClient }, () => work(calls))));
  return stale;
}

describe.each(Object.entries(libraries))('%s', (_, { connect, alone }) => {
  it('with tokens always finds what it has written', async () => {
    expect(await staleReads(connect, rounds)).toBe(0);
  });

  it('alone does not', async () => {
    expect(await staleReads(alone, 40)).toBeGreaterThan(0);
  });
});
