import type { Bench } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { median, rounded } from '../statistics.ts';
import { closeWriters, creating, openWriters, type Writer } from '../writers.ts';

export const writeWithCapture: Bench = {
  name: 'write-with-capture',
  title: 'throughput of createOrder with token, over the same with capture off',

  async measure({ laboratory, seconds, concurrency, random }) {
    const shipped = await laboratory.api('direct');
    const withoutCapture = await laboratory.api('direct', 'without-capture');
    const withCapture = await openWriters(shipped.url, concurrency);
    const without = await openWriters(withoutCapture.url, concurrency);
    // Without capture a session could only learn its position by asking for it: `eventual` does not.
    const sides = {
      a: creating(withCapture, random, ({ token }) => ({ token })),
      b: creating(without, random, () => ({ level: 'eventual' })),
    };
    const pairs = await interleave(sides, { seconds, roundMs: 1000 });
    const tokens = { withCapture: countTokens(withCapture), without: countTokens(without) };
    if (tokens.withCapture < concurrency || tokens.without > 0) throw new Error(`capture: ${JSON.stringify(tokens)}`);
    closeWriters([...withCapture, ...without]);
    return {
      findings: [findingOfPairs('throughput, capture over none', 'x', { atLeast: 0.95 }, pairs, (a, b) => a / b)],
      details: {
        concurrency,
        pairs: pairs.length,
        perSecond: {
          withCapture: rounded(median(pairs.map(({ a }) => a)), 0),
          without: rounded(median(pairs.map(({ b }) => b)), 0),
        },
      },
    };
  },
};

const countTokens = (side: readonly Writer[]): number => side.filter(({ token }) => token !== null).length;
