/**
 * May a cached answer be used for this request? Pure.
 *
 * | level | uses the cache | the answer must include |
 * |---|---|---|
 * | EVENTUAL | yes | nothing |
 * | BOUNDED | yes | what the source had at the bound: a clock proves nothing, a position does |
 * | SESSION | unless only the source knows what it has seen | what the session has written and seen, and its bound if any |
 * | STRONG | never | |
 *
 * In addition, for all levels: an answer of another epoch is not used. One that lacks an announced write is OUTDATED; for a moment
 * after the write it is LATE: it serves requests that would only wait for another one to refresh it. Under constant writes the
 * moment is longer: no answer has all of them, and refreshing at once would never let the servers rest.
 */
import type { Position } from '../consistency/position.ts';
import type { ReadRequirement } from '../consistency/session-guarantee.ts';
import { type InvalidationMarks, isStorm, lackingSinceMs, stormGraceMs } from './invalidation-marks.ts';

export type CacheRequest = {
  readonly epoch: number;
  /** What an answer must include; `null` requires nothing. */
  readonly position: Position | null;
};

export type AnswerFreshness = {
  readonly epoch: number;
  /** Everything in this position is visible in the answer. */
  readonly includes: Position;
};

export const cacheVerdicts = ['FRESH', 'LATE', 'OUTDATED', 'BEHIND', 'OTHER_EPOCH'] as const;
export type CacheVerdict = (typeof cacheVerdicts)[number];
export type MayAnswer = (
  answer: AnswerFreshness,
  request: CacheRequest,
  written: InvalidationMarks,
  nowMs: number,
) => CacheVerdict;

/** How long an answer that lacks a write may be used while it is being refreshed, in milliseconds. */
export const graceMs = 500;

/** What a request requires of the cache, `null` if it must not use it. `bound` is `null` if there is none or it is unknown. */
export function cacheRequestFor(
  { position, sourceOnly }: ReadRequirement,
  epoch: number,
  bound: { readonly wanted: boolean; readonly position: Position | null },
): CacheRequest | null {
  if (sourceOnly !== null || (bound.wanted && bound.position === null)) return null;
  if (position === null || bound.position === null) return { epoch, position: position ?? bound.position };
  return position.flavour === bound.position.flavour ? { epoch, position: position.merge(bound.position) } : null;
}

export const mayAnswer: MayAnswer = (answer, { epoch, position }, written, nowMs) => {
  if (answer.epoch !== epoch) return 'OTHER_EPOCH';
  if (position !== null && !answer.includes.includes(position)) return 'BEHIND';
  const lackingSince = lackingSinceMs(written, answer.includes);
  if (lackingSince === null) return 'FRESH';
  const grace = isStorm(written, nowMs) ? stormGraceMs : graceMs;
  return nowMs - lackingSince <= grace ? 'LATE' : 'OUTDATED';
};
