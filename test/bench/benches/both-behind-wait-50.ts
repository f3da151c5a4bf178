import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { holdBack, replicasOf } from '../laboratory.ts';
import { type Client, SessionLoad } from '../session-load.ts';
import { describeSamples, latenciesOf, staleCount } from '../session-samples.ts';
import { quantile, spreadOf } from '../statistics.ts';

const lateMs = 1000;
const waitMs = 50;

export const bothBehindWait50: Bench = {
  name: 'both-behind-wait-50',
  title: 'sessions of 1 write then 10 reads, 20 ms apart, both replicas 1 s behind, `wait` with 50 ms',

  async measure({ laboratory, seconds, concurrency }) {
    const cluster = await laboratory.cluster('delayable');
    const { url } = await laboratory.api('delayable');
    holdBack(cluster, replicasOf(cluster), lateMs);
    const load = await SessionLoad.open(url, { workers: concurrency, reads: 10, pauseMs: 20 });
    const rounds = (client: Client) => (ms: number) => load.run(client, ms);
    const pairs = await interleave(
      {
        a: rounds({ carriesToken: true, whenBehind: 'wait', waitMs }),
        b: rounds({ carriesToken: false, level: 'eventual' }),
      },
      { seconds, roundMs: 2000 },
    );
    load.close();
    const withToken = pairs.flatMap(({ a }) => a);
    const p99s = pairs.map(({ a }) => quantile(latenciesOf(a), 0.99));
    return {
      findings: [
        finding('stale reads', staleCount(withToken), '', { atMost: 0 }),
        finding('p99', quantile(latenciesOf(withToken), 0.99), 'ms', { atMost: 80 }, spreadOf(p99s)),
      ],
      details: {
        concurrency,
        lateMs,
        waitMs,
        token: describeSamples(withToken),
        eventual: describeSamples(pairs.flatMap(({ b }) => b)),
      },
    };
  },
};
