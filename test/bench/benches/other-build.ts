/**
 * The same servers, two API processes: this build, and that of another checkout (`--against`). What a change costs is seen here
 * and nowhere else: figures of two runs differ by more than most changes do.
 */
import type { Random } from '../../consistency/random.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { HttpConnection } from '../http-connection.ts';
import { interleave, type Pair, type Sides } from '../interleave.ts';
import { closedLoop } from '../load.ts';
import { answerOf, assertAnswered, createRequest, listOrderIds, readRequest } from '../order-operations.ts';
import { PageLoad } from '../page-load.ts';
import { median, rounded } from '../statistics.ts';
import { creating, type Writer } from '../writers.ts';

const idCount = 2000;
const atLeast = 0.97;

type Load = { readonly run: (ms: number) => Promise<number>; readonly close: () => void };

export const otherBuild: Bench = {
  name: 'other-build',
  title: 'throughput of this build over that of the checkout that `--against` names',

  async measure({ laboratory, against, seconds, concurrency, random }: BenchContext) {
    if (against === null) throw new Error('other-build needs --against <directory of another checkout, built>');
    const [ours, theirs] = [await laboratory.api('direct'), await laboratory.apiOf('direct', against)];
    const loads = {
      'read by id': (url: string) => reading(url, concurrency, random),
      createOrder: (url: string) => writing(url, concurrency, random),
      'order page': (url: string) => paging(url, concurrency),
    };
    const measured: { readonly what: string; readonly pairs: readonly Pair<number>[] }[] = [];
    for (const [what, open] of Object.entries(loads)) {
      const [a, b] = [await open(ours.url), await open(theirs.url)];
      const sides: Sides<number> = { a: a.run, b: b.run };
      measured.push({ what, pairs: await interleave(sides, { seconds, roundMs: 1000 }) });
      for (const load of [a, b]) load.close();
    }
    return {
      findings: measured.map(({ what, pairs }) =>
        findingOfPairs(`${what}, this build over the other`, 'x', { atLeast }, pairs, (a, b) => a / b),
      ),
      details: {
        concurrency,
        perSecond: Object.fromEntries(
          measured.map(({ what, pairs }) => [
            what,
            {
              ours: rounded(median(pairs.map(({ a }) => a)), 0),
              theirs: rounded(median(pairs.map(({ b }) => b)), 0),
            },
          ]),
        ),
      },
    };
  },
};

/** With the token of an own write, over random orders. */
async function reading(url: string, clients: number, random: Random): Promise<Load> {
  const asking = await HttpConnection.open(url);
  const ids = await listOrderIds(asking, idCount);
  const { token } = answerOf(await asking.send(createRequest(1, {})));
  asking.close();
  const connections = await Promise.all(Array.from({ length: clients }, () => connectionInUse(url)));
  const requests = ids.map((id) => readRequest(id, { token }));
  const operation = async (client: number) => {
    const [connection, request] = [connections[client], random.pick(requests)];
    if (connection === undefined || request === undefined) throw new Error('nothing to send');
    assertAnswered(await connection.send(request));
  };
  return {
    run: async (ms) => (await closedLoop({ workers: clients, ms, operation })).perSecond,
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

async function writing(url: string, clients: number, random: Random): Promise<Load> {
  const writers: Writer[] = await Promise.all(
    Array.from({ length: clients }, async () => ({ connection: await connectionInUse(url), token: null })),
  );
  return {
    run: creating(writers, random, ({ token }) => ({ token })),
    close: () => {
      for (const { connection } of writers) connection.close();
    },
  };
}

/** One on which something was asked: while the other side is measured, the API would close it otherwise. */
async function connectionInUse(url: string): Promise<HttpConnection> {
  const connection = await HttpConnection.open(url);
  assertAnswered(await connection.send(readRequest('T3JkZXI6MQ==', {})));
  return connection;
}

async function paging(url: string, clients: number): Promise<Load> {
  const load = await PageLoad.open(url, clients);
  return { run: async (ms) => (await load.run(ms, 0)).perSecond, close: () => load.close() };
}
