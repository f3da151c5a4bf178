import type { Bench } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { median, rounded } from '../statistics.ts';
import { closeWriters, creating, openWriters } from '../writers.ts';

export const writeWithProof: Bench = {
  name: 'write-with-proof',
  title: 'throughput of createOrder that proves its commits, over the same without',

  async measure({ laboratory, seconds, concurrency, random }) {
    const shipped = await laboratory.api('direct');
    const withoutProof = await laboratory.api('direct', 'without-proof');
    const proving = await openWriters(shipped.url, concurrency);
    const without = await openWriters(withoutProof.url, concurrency);
    const sides = {
      a: creating(proving, random, ({ token }) => ({ token })),
      b: creating(without, random, ({ token }) => ({ token })),
    };
    const pairs = await interleave(sides, { seconds, roundMs: 1000 });
    closeWriters([...proving, ...without]);
    return {
      findings: [findingOfPairs('throughput, proof over none', 'x', { atLeast: 0.97 }, pairs, (a, b) => a / b)],
      details: {
        concurrency,
        pairs: pairs.length,
        perSecond: {
          proving: rounded(median(pairs.map(({ a }) => a)), 0),
          without: rounded(median(pairs.map(({ b }) => b)), 0),
        },
      },
    };
  },
};
