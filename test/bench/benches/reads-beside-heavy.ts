/**
 * A client reads order after order, alone and beside four others that send the heaviest operations there may be, in turns.
 */

import { systemClock } from '../../../src/platform/clock.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { graphqlRequest, HttpConnection } from '../http-connection.ts';
import { closedLoop } from '../load.ts';
import { assertAnswered, listOrderIds, readRequest } from '../order-operations.ts';
import { percentiles, quantile } from '../statistics.ts';

const heavyClients = 4;
const roundMs = 2000;

/** As many orders with all that belongs to them as an operation may ask for. */
export const heaviestOperation = `{
  a: orders(first: 100) { ...Page }
  b: orders(last: 25) { ...Page }
}
fragment Page on OrderConnection {
  totalCount
  nodes {
    id number status version userId createdAt updatedAt processedAt total { amount currency } charge { amount currency }
    items { line sku name quantity unitPrice lineTotal }
  }
}`;

/** As much of what the process remembers as an operation may ask for. */
export const heaviestLogs = `{
  a: routingLog(last: 500) { ...Routed }
  b: routingLog(last: 500) { ...Routed }
  clusterEventLog(last: 80) { name severity at node description facts { name value } missed }
}
fragment Routed on RoutedOperation {
  sequence at kind name node role reason level required waitedMs tookMs errorCode missed
}`;

const heavyOperations = [heaviestOperation, heaviestLogs];

export const readsBesideHeavy: Bench = {
  name: 'reads-beside-heavy',
  title: `p99 of read-by-id while ${heavyClients} clients send the heaviest operation there may be, over p99 when idle`,

  async measure({ laboratory, seconds, random }) {
    const { url } = await laboratory.api('direct');
    const [reading, ...heavy] = await Promise.all(
      Array.from({ length: 1 + heavyClients }, () => HttpConnection.open(url)),
    );
    if (reading === undefined) throw new Error('no connection');
    try {
      const ids = await listOrderIds(reading, 2000);
      const idle: number[] = [];
      const beside: number[] = [];
      const read = (samples: number[]) => async () => {
        const startMs = systemClock.monotonic();
        assertAnswered(await reading.send(readRequest(random.pick(ids) ?? '', {})));
        samples.push(systemClock.monotonic() - startMs);
      };
      let answered = 0;
      const weigh = async (worker: number) => {
        const connection = heavy[worker];
        if (connection === undefined) throw new Error('no connection');
        const operation = heavyOperations[answered % heavyOperations.length] ?? heaviestOperation;
        assertAnswered(await connection.send(graphqlRequest(operation, {}, {})));
        answered += 1;
      };
      await closedLoop({ workers: heavyClients, ms: roundMs, operation: weigh });
      for (let turn = 0; turn < Math.max(1, (seconds * 1000) / (2 * roundMs)); turn += 1) {
        await closedLoop({ workers: 1, ms: roundMs, operation: read(idle) });
        const over = new AbortController();
        const weighing = closedLoop({ workers: heavyClients, ms: 10 * roundMs, operation: weigh, signal: over.signal });
        await closedLoop({ workers: 1, ms: roundMs, operation: read(beside) }).finally(() => over.abort());
        await weighing;
      }
      return {
        findings: [
          finding('p99, beside over idle', quantile(beside, 0.99) / quantile(idle, 0.99), 'x', { atMost: 3 }),
          finding('heaviest operations answered', answered, '', { atLeast: heavyClients }),
        ],
        details: {
          idleMs: { reads: idle.length, ...percentiles(idle) },
          besideMs: { reads: beside.length, ...percentiles(beside) },
        },
      };
    } finally {
      for (const connection of [reading, ...heavy]) connection.close();
    }
  },
};
