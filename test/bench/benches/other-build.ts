/**
 * The same servers, two API processes: this build, and that of another checkout (`--against`). What a change costs is seen here
 * and nowhere else: figures of two runs differ by more than most changes do.
 *
 * All is measured twice, with new processes, each side started first once; the result is the geometric mean of both.
 */
import type { Random } from '../../consistency/random.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { finding } from '../finding.ts';
import { HttpConnection } from '../http-connection.ts';
import { interleave, type Pair } from '../interleave.ts';
import type { Laboratory } from '../laboratory.ts';
import { closedLoop } from '../load.ts';
import { answerOf, assertAnswered, listOrderIds, readRequest } from '../order-operations.ts';
import { PageLoad } from '../page-load.ts';
import { geometricMean, median, rounded, spreadOf } from '../statistics.ts';
import { creating, type Writer } from '../writers.ts';

const idCount = 2000;
const atLeast = 0.97;

type Pairs = readonly Pair<number>[];
type Load = { readonly run: (ms: number) => Promise<number>; readonly close: () => void };

export const otherBuild: Bench = {
  name: 'other-build',
  title: 'throughput of this build over that of the checkout that `--against` names',

  async measure({ laboratory, against, seconds, concurrency, random }: BenchContext) {
    if (against === null) throw new Error('other-build needs --against <directory of another checkout, built>');
    const loads: Readonly<Record<string, (url: string) => Promise<Load>>> = {
      'read by id': (url) => reading(url, concurrency, random),
      createOrder: (url) => writing(url, concurrency, random),
      'order page': (url) => paging(url, concurrency),
    };
    const measured = new Map<string, Pairs[]>(Object.keys(loads).map((what) => [what, []]));
    for (const first of ['ours', 'theirs'] as const) {
      const sides = await startBoth(laboratory, against, first);
      for (const [what, open] of Object.entries(loads)) {
        const [a, b] = [await open(sides.ours.url), await open(sides.theirs.url)];
        measured.get(what)?.push(await interleave({ a: a.run, b: b.run }, { seconds: seconds / 2, roundMs: 1000 }));
        for (const load of [a, b]) load.close();
      }
      await Promise.all([sides.ours.stop(), sides.theirs.stop()]);
    }
    const results = [...measured].map(([what, passes]) => ({ what, passes, ratios: passes.map(ratiosOf) }));
    return {
      findings: results.map(({ what, ratios }) =>
        finding(
          `${what}, this build over the other`,
          geometricMean(ratios.map(median)),
          'x',
          { atLeast },
          spreadOf(ratios.flat()),
        ),
      ),
      details: {
        concurrency,
        perSecond: Object.fromEntries(
          results.map(({ what, passes, ratios: [oursFirst = [], theirsFirst = []] }) => [
            what,
            {
              ours: rounded(median(passes.flat().map(({ a }) => a)), 0),
              theirs: rounded(median(passes.flat().map(({ b }) => b)), 0),
              ratioStartedFirst: rounded(median(oursFirst)),
              ratioStartedSecond: rounded(median(theirsFirst)),
            },
          ]),
        ),
      },
    };
  },
};

async function startBoth(laboratory: Laboratory, against: string, first: 'ours' | 'theirs') {
  const start = { ours: () => laboratory.freshApi('direct'), theirs: () => laboratory.apiOf('direct', against) };
  if (first === 'ours') return { ours: await start.ours(), theirs: await start.theirs() };
  const theirs = await start.theirs();
  return { ours: await start.ours(), theirs };
}

const ratiosOf = (pairs: Pairs): number[] => pairs.map(({ a, b }) => a / b);

/**
 * Over random orders, with a token that names all that was written. With that of an own write the side that wrote first would hold an older
 * one: each of its answers would bring a newer token, which has to be signed, and the other's would not.
 */
async function reading(url: string, clients: number, random: Random): Promise<Load> {
  const asking = await HttpConnection.open(url);
  const ids = await listOrderIds(asking, idCount);
  const { token } = answerOf(await asking.send(readRequest(ids[0] ?? '', { level: 'strong' })));
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
