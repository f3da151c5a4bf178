import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { holdBack, replicasOf } from '../laboratory.ts';
import { type Client, SessionLoad } from '../session-load.ts';
import { describeSamples, onSource, sharePercent, staleCount } from '../session-samples.ts';

const lateMs = 1000;

export const oneReplicaBehind: Bench = {
  name: 'one-replica-behind',
  title:
    'sessions of 1 write then 10 reads, 20 ms apart, one replica 1 s behind, one current, nothing asked for but the token',

  async measure({ laboratory, seconds, concurrency }) {
    const cluster = await laboratory.cluster('delayable');
    const { url } = await laboratory.api('delayable');
    holdBack(cluster, replicasOf(cluster).slice(0, 1), lateMs);
    const load = await SessionLoad.open(url, { workers: concurrency, reads: 10, pauseMs: 20 });
    const rounds = (client: Client) => (ms: number) => load.run(client, ms);
    const sides = { a: rounds({ carriesToken: true }), b: rounds({ carriesToken: false, level: 'eventual' }) };
    const pairs = await interleave(sides, { seconds, roundMs: 2000 });
    load.close();
    const withToken = pairs.flatMap(({ a }) => a);
    return {
      findings: [
        finding('stale reads', staleCount(withToken), '', { atMost: 0 }),
        finding('served by the source', sharePercent(withToken, onSource), '%', { atMost: 5 }),
      ],
      details: {
        concurrency,
        lateMs,
        token: describeSamples(withToken),
        eventual: describeSamples(pairs.flatMap(({ b }) => b)),
      },
    };
  },
};
