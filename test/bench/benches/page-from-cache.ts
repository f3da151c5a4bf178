/**
 * Two API processes answer the order page on the same servers, one from its cache and one without. A third one writes all along,
 * and tells the cache of each write, as jobs do.
 */
import type { Bench } from '../bench.ts';
import { finding, findingOfPairs } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { PageLoad, reasonsOf } from '../page-load.ts';
import { median, rounded } from '../statistics.ts';
import { SteadyWriter } from '../steady-writer.ts';

const updatesPerSecond = 200;
/** Between an answer and a reader's next question: without it the cache would leave the writer no core to keep its pace on. */
const pauseMs = 10;

export const pageFromCache: Bench = {
  name: 'page-from-cache',
  title: `the order page (20 orders and counts) from the cache, over the same uncached, ${updatesPerSecond} orders a second being written`,

  async measure({ laboratory, seconds, concurrency }) {
    const shipped = await laboratory.api('cached');
    const withoutCache = await laboratory.api('cached', 'without-cache');
    const writing = await laboratory.freshApi('cached');
    const plan = { workers: concurrency, ordersEach: 10, perSecond: updatesPerSecond };
    const writer = await SteadyWriter.open(writing.url, plan);
    const cached = await PageLoad.open(shipped.url, concurrency);
    const uncached = await PageLoad.open(withoutCache.url, concurrency);
    try {
      const sides = { a: (ms: number) => cached.run(ms, pauseMs), b: (ms: number) => uncached.run(ms, pauseMs) };
      const { value: pairs, written } = await writer.during(() => interleave(sides, { seconds, roundMs: 2000 }));
      return {
        findings: [
          findingOfPairs(
            'throughput, cache over none',
            'x',
            { atLeast: 3 },
            pairs,
            (a, b) => a.perSecond / b.perSecond,
          ),
          finding('orders updated a second', written.perSecond, '', { atLeast: updatesPerSecond * 0.96 }),
        ],
        details: {
          concurrency,
          pauseMs,
          pairs: pairs.length,
          perSecond: {
            cached: rounded(median(pairs.map(({ a }) => a.perSecond)), 0),
            uncached: rounded(median(pairs.map(({ b }) => b.perSecond)), 0),
          },
          reasons: reasonsOf(pairs.flatMap(({ a }) => a.samples)),
        },
      };
    } finally {
      for (const load of [cached, uncached, writer]) load.close();
      await writing.stop();
    }
  },
};
