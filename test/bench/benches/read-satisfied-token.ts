import type { Bench } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { HttpConnection } from '../http-connection.ts';
import { interleave } from '../interleave.ts';
import { closedLoop } from '../load.ts';
import { answerOf, assertAnswered, createRequest, listOrderIds, readRequest } from '../order-operations.ts';
import { median, rounded } from '../statistics.ts';

const idCount = 2000;

export const readSatisfiedToken: Bench = {
  name: 'read-satisfied-token',
  title: 'throughput of read-by-id with a satisfied token, over the same with `eventual`',

  async measure({ laboratory, seconds, concurrency, random }) {
    const { url } = await laboratory.api('direct');
    const connections = await Promise.all(Array.from({ length: concurrency }, () => HttpConnection.open(url)));
    const [first] = connections;
    if (first === undefined) throw new Error('no connection');
    const ids = await listOrderIds(first, idCount);
    const { token: written } = answerOf(await first.send(createRequest(1, {})));
    await laboratory.cluster('direct');
    // As clients do: each answer's token takes the place of the one before.
    const { token } = answerOf(await first.send(readRequest(random.pick(ids) ?? '', { token: written })));

    const requests = {
      token: ids.map((id) => readRequest(id, { token })),
      eventual: ids.map((id) => readRequest(id, { level: 'eventual' })),
    };
    const reads = (prepared: readonly Buffer[]) => async (ms: number) => {
      const { perSecond } = await closedLoop({
        workers: concurrency,
        ms,
        operation: async (worker) => {
          const request = random.pick(prepared);
          const connection = connections[worker];
          if (request === undefined || connection === undefined) throw new Error('nothing to send');
          assertAnswered(await connection.send(request));
        },
      });
      return perSecond;
    };
    const pairs = await interleave(
      { a: reads(requests.token), b: reads(requests.eventual) },
      { seconds, roundMs: 1000 },
    );
    for (const connection of connections) connection.close();
    return {
      findings: [findingOfPairs('throughput, token over eventual', 'x', { atLeast: 0.95 }, pairs, (a, b) => a / b)],
      details: {
        concurrency,
        pairs: pairs.length,
        perSecond: {
          token: rounded(median(pairs.map(({ a }) => a)), 0),
          eventual: rounded(median(pairs.map(({ b }) => b)), 0),
        },
      },
    };
  },
};
