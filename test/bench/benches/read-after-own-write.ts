import type { Bench } from '../bench.ts';
import { finding, findingOfPairs } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { type Client, SessionLoad } from '../session-load.ts';
import { describeSamples, latenciesOf, staleCount } from '../session-samples.ts';
import { median } from '../statistics.ts';

/** One client, so that what is timed is the read and not the queue in front of it. */
const plan = { workers: 1, reads: 1, pauseMs: 0 };

export const readAfterOwnWrite: Bench = {
  name: 'read-after-own-write',
  title: 'latency of a read right after own write, token over `eventual`, no lag injected',

  async measure({ laboratory, seconds }) {
    const load = await SessionLoad.open((await laboratory.api('direct')).url, plan);
    const rounds = (client: Client) => (ms: number) => load.run(client, ms);
    const sides = { a: rounds({ carriesToken: true }), b: rounds({ carriesToken: false, level: 'eventual' }) };
    const pairs = await interleave(sides, { seconds, roundMs: 1000 });
    load.close();
    const withToken = pairs.flatMap(({ a }) => a);
    const eventual = pairs.flatMap(({ b }) => b);
    return {
      findings: [
        findingOfPairs('added p50', 'ms', { atMost: 0.5 }, pairs, (a, b) => p50(a) - p50(b)),
        finding('stale reads with token', staleCount(withToken), '', { atMost: 0 }),
      ],
      details: { plan, pairs: pairs.length, token: describeSamples(withToken), eventual: describeSamples(eventual) },
    };
  },
};

const p50 = (samples: Parameters<typeof latenciesOf>[0]): number => median(latenciesOf(samples));
