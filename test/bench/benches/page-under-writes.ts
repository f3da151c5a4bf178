/**
 * Testers who look at the order page, each again a while after the last answer, in rounds with a writer and without. The writer
 * is what writes all day where testers work: a background process. What is compared is the 99th percentile of all samples
 * of either kind.
 */
import { BackgroundUpdates } from '../background-updates.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { PageLoad, type PageSample, reasonsOf } from '../page-load.ts';
import { percentiles, quantile, rounded } from '../statistics.ts';

const updatesPerSecond = 200;
const thinkMs = 50;
/** Long enough that what is measured is the writing, not its beginning. */
const roundMs = 20_000;

type Round = { readonly samples: readonly PageSample[]; readonly writtenPerSecond: number | null };

export const pageUnderWrites: Bench = {
  name: 'page-under-writes',
  title: `p99 of the order page while ${updatesPerSecond} orders a second are written, over p99 with no writer`,

  async measure({ laboratory, seconds, concurrency }) {
    const shipped = await laboratory.api('cached');
    const plan = { workers: concurrency, ordersEach: 10, perSecond: updatesPerSecond };
    const writer = await BackgroundUpdates.start(laboratory, plan);
    const page = await PageLoad.open(shipped.url, concurrency);
    const sides = {
      a: async (ms: number): Promise<Round> => {
        const { value, written } = await writer.during(() => page.run(ms, thinkMs));
        return { samples: value.samples, writtenPerSecond: written.perSecond };
      },
      b: async (ms: number): Promise<Round> => {
        const { samples } = await page.run(ms, thinkMs);
        return { samples, writtenPerSecond: null };
      },
    };
    try {
      const pairs = await interleave(sides, { seconds, roundMs });
      const [busy, calm] = [pairs.flatMap(({ a }) => a.samples), pairs.flatMap(({ b }) => b.samples)];
      const slowest = Math.min(...pairs.map(({ a }) => a.writtenPerSecond ?? 0));
      return {
        findings: [
          finding('p99, writer over none', p99(busy) / p99(calm), 'x', { atMost: 1.5 }),
          finding('orders updated a second, slowest round', slowest, '', { atLeast: updatesPerSecond * 0.9 }),
        ],
        details: { thinkMs, testers: concurrency, writer: described(busy), none: described(calm) },
      };
    } finally {
      page.close();
      await writer.stop();
    }
  },
};

const latencies = (samples: readonly PageSample[]) => samples.map(({ latencyMs }) => latencyMs);
const p99 = (samples: readonly PageSample[]) => quantile(latencies(samples), 0.99);

function described(samples: readonly PageSample[]) {
  return { pages: rounded(samples.length, 0), latencyMs: percentiles(latencies(samples)), reasons: reasonsOf(samples) };
}
