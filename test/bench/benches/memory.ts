/**
 * A process of its own answers 100,000 requests: 19 of 20 read an order with the client's token, 1 of 20 creates one. A
 * garbage-collected heap breathes, so medians are compared: the resident memory while requests 40,001 to 50,000 ran
 * and while 90,001 to 100,000 ran. It may differ by a tenth and not count as growing.
 */
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { HttpConnection, headerOf } from '../http-connection.ts';
import { countedLoop } from '../load.ts';
import { assertAnswered, createRequest, listOrderIds, readRequest } from '../order-operations.ts';
import { type MemorySample, watchMemory } from '../resident-memory.ts';
import { median, rounded, spreadOf } from '../statistics.ts';

const requestCount = 100_000;
const window = 10_000;
const writeEvery = 20;

export const memory: Bench = {
  name: 'memory',
  title: 'resident memory of the API after 100,000 requests, and its growth over the second half',

  async measure({ laboratory, concurrency, random }) {
    const api = await laboratory.freshApi('direct');
    try {
      const open = async () => ({ connection: await HttpConnection.open(api.url), token: null as string | null });
      const clients = await Promise.all(Array.from({ length: concurrency }, open));
      const [first] = clients;
      if (first === undefined) throw new Error('no client');
      const ids = await listOrderIds(first.connection, 2000);
      let sent = 0;
      const watch = watchMemory(api.pid, () => sent);
      await countedLoop(concurrency, requestCount, async (index, worker) => {
        const client = clients[worker];
        if (client === undefined) throw new Error('no client');
        const { token } = client;
        const request =
          index % writeEvery === 0
            ? createRequest(random.between(1, 3000), { token })
            : readRequest(random.pick(ids) ?? '', { token });
        const answer = await client.connection.send(request);
        assertAnswered(answer);
        client.token = headerOf(answer.head, 'x-consistency-token');
        sent += 1;
      });
      await watch.stop();
      for (const { connection } of clients) connection.close();

      const half = before(watch.samples, requestCount / 2);
      const full = before(watch.samples, requestCount);
      const growth = (100 * (median(full) - median(half))) / median(half);
      return {
        findings: [
          finding('after 100,000 requests', median(full), 'MB', { atMost: 300 }, spreadOf(full)),
          finding('growth since 50,000', growth, '%', { atMost: 10 }),
        ],
        details: {
          concurrency,
          requests: requestCount,
          after50000: rounded(median(half), 1),
          course: course(watch.samples),
        },
      };
    } finally {
      await api.stop();
    }
  },
};

/** What was seen in the window that ends after so many requests. */
function before(samples: readonly MemorySample[], requests: number): number[] {
  return samples
    .filter((sample) => sample.requests > requests - window && sample.requests <= requests)
    .map(({ megabytes }) => megabytes);
}

/** Median per tenth of the way. */
function course(samples: readonly MemorySample[]): number[] {
  return Array.from({ length: requestCount / window }, (_, tenth) => {
    const here = before(samples, (tenth + 1) * window);
    return here.length === 0 ? Number.NaN : rounded(median(here), 1);
  });
}
