import { cacheRequestFor } from '../../cache/may-answer.ts';
import type { CacheTurn } from '../../cache/read-cache.ts';
import { type CommonReads, commonOrderReads } from '../orders/common-order-reads.ts';
import type { Operation } from './operation.ts';
import type { ResumedPast } from './resume-tokens.ts';

export type CacheAnswer = {
  readonly turn: CacheTurn;
  /** All reads of the operation. */
  readonly reads: CommonReads;
};

/** `null` for an operation that cannot use the cache: it is not a common one, or must be answered by the source. */
export async function askCache(
  { options: { cache, database }, input, signal }: Operation,
  { session, required }: ResumedPast,
): Promise<CacheAnswer | null> {
  const { level, maxStalenessMs } = required;
  if (cache === null || input.operation.operation !== 'query' || level === 'STRONG') return null;
  // The position says what an answer includes: without it the answer may be older than what this client has seen.
  if (level !== 'EVENTUAL' && !database.comparesPositions) return null;
  const reads = commonOrderReads(input);
  if (reads === null) return null;
  const bound = {
    wanted: maxStalenessMs !== null,
    position: maxStalenessMs === null ? null : await database.positionWithin(maxStalenessMs),
  };
  const request = cacheRequestFor(required, session.epoch, bound);
  return request === null ? null : { turn: await cache.ask({ ...request, reads: reads.names, signal }), reads };
}
