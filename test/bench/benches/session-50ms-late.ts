import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { holdBack, replicasOf } from '../laboratory.ts';
import { type Client, type ReadSample, SessionLoad } from '../session-load.ts';
import { describeSamples, latenciesOf, onReplica, sharePercent, staleCount } from '../session-samples.ts';
import { quantile } from '../statistics.ts';

const lateMs = 50;
const reads = 10;
const pauseMs = 20;

export const session50msLate: Bench = {
  name: 'session-50ms-late',
  title: 'sessions of 1 write then 10 reads, each 20 ms after the last answer, both replicas 50 ms late, `bypass`',

  async measure({ laboratory, seconds, concurrency }) {
    const cluster = await laboratory.cluster('delayable');
    const { url } = await laboratory.api('delayable');
    holdBack(cluster, replicasOf(cluster), lateMs);
    const load = await SessionLoad.open(url, { workers: concurrency, reads, pauseMs });
    const rounds = (client: Client) => (ms: number) => load.run(client, ms);
    const pairs = await interleave(
      {
        a: rounds({ carriesToken: true, whenBehind: 'bypass' }),
        b: rounds({ carriesToken: false, level: 'eventual' }),
      },
      { seconds, roundMs: 2000 },
    );
    load.close();
    const withToken = pairs.flatMap(({ a }) => a);
    const eventual = pairs.flatMap(({ b }) => b);
    return {
      findings: [
        finding('stale reads', staleCount(withToken), '', { atMost: 0 }),
        finding('reads on replicas', sharePercent(withToken, onReplica), '%', { atLeast: 70 }),
        // Of all samples: the 99th percentile of one short round is its sixth largest sample, and tells little.
        finding('p99 over eventual', p99(withToken) - p99(eventual), 'ms', { atMost: 2 }),
      ],
      details: {
        concurrency,
        pairs: pairs.length,
        lateMs,
        token: describeSamples(withToken),
        eventual: describeSamples(eventual),
        onReplicasPercentByPlace: byPlace(withToken),
      },
    };
  },
};

const p99 = (samples: readonly ReadSample[]): number => quantile(latenciesOf(samples), 0.99);

function byPlace(samples: readonly ReadSample[]): number[] {
  return Array.from({ length: reads }, (_, index) => {
    const here = samples.filter(({ place }) => place === index + 1);
    return Math.round(sharePercent(here, onReplica));
  });
}
