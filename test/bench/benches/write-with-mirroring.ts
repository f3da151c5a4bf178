/**
 * Both sides create orders on the same servers, and the worker that feeds the backup runs all along in a process of its own. A
 * round with mirroring ends when the backup has everything, which is not counted: what it left must not burden the other
 * side's round. How much it left is told, since a worker that falls behind would make the writes look cheap.
 */

import { sourceOf } from '../../support/engine.ts';
import type { Bench } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { untilDrained } from '../mirror-progress.ts';
import { median, rounded } from '../statistics.ts';
import { closeWriters, creating, openWriters } from '../writers.ts';

type Round = { readonly perSecond: number; readonly left: number };

export const writeWithMirroring: Bench = {
  name: 'write-with-mirroring',
  title: 'throughput of createOrder with mirroring, the worker in its own process, over the same without',

  async measure({ laboratory, seconds, concurrency, random }) {
    const cluster = await laboratory.cluster('mirrored');
    const source = await cluster.admin(sourceOf(cluster));
    const shipped = await laboratory.api('mirrored');
    const withoutMirroring = await laboratory.api('mirrored', 'without-mirroring');
    const mirrored = await openWriters(shipped.url, concurrency);
    const plain = await openWriters(withoutMirroring.url, concurrency);
    const create = {
      mirrored: creating(mirrored, random, ({ token }) => ({ token })),
      plain: creating(plain, random, ({ token }) => ({ token })),
    };
    /** Answers what waited when the last write was acknowledged. */
    const drain = async () => {
      const seen: number[] = [];
      await untilDrained(source, (waiting) => seen.push(waiting));
      return seen[0] ?? 0;
    };
    const a = async (ms: number): Promise<Round> => ({ perSecond: await create.mirrored(ms), left: await drain() });
    const b = async (ms: number): Promise<Round> => {
      const perSecond = await create.plain(ms);
      const left = await drain();
      if (left > 0) throw new Error('a write told the outbox although mirroring is off');
      return { perSecond, left };
    };
    const pairs = await interleave({ a, b }, { seconds, roundMs: 1000 });
    closeWriters([...mirrored, ...plain]);
    await source.end();
    return {
      findings: [
        findingOfPairs('throughput, mirroring over none', 'x', { atLeast: 0.8 }, pairs, (one, other) => {
          return one.perSecond / other.perSecond;
        }),
      ],
      details: {
        concurrency,
        pairs: pairs.length,
        perSecond: {
          mirrored: rounded(median(pairs.map((pair) => pair.a.perSecond)), 0),
          plain: rounded(median(pairs.map((pair) => pair.b.perSecond)), 0),
        },
        rowsLeftAfterARound: pairs.map((pair) => pair.a.left),
      },
    };
  },
};
