/**
 * May what is cached answer this request? Pure.
 *
 * | level | asks the cache | the answer must include |
 * |---|---|---|
 * | EVENTUAL | yes | nothing |
 * | BOUNDED | yes | what the source had so long ago: no clock can prove a bound, a position can |
 * | SESSION | unless only the source knows what it has seen | what the session has written and seen, and its bound if it has one |
 * | STRONG | never | |
 *
 * Beyond that, for everybody alike: an answer of another epoch is none. One that lacks a write that was told is OUTDATED;
 * for a moment after the write it is LATE: it serves those who would only wait for another one who reads anew. In a storm of
 * writes the moment is longer: no answer has all of them, and reading each anew would leave the servers no rest.
 */
import type { Position } from '../consistency/position.ts';
import type { ReadRequirement } from '../consistency/session-guarantee.ts';
import { type InvalidationMarks, isStorm, lackingSinceMs, stormGraceMs } from './invalidation-marks.ts';

export type CacheRequest = {
  readonly epoch: number;
  /** What an answer must include; `null` asks for nothing. */
  readonly position: Position | null;
};

export type AnswerFreshness = {
  readonly epoch: number;
  /** All that is in it is seen in the answer. */
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

/** How long an answer that lacks a write may stand in for the one that is being read, in milliseconds. */
export const graceMs = 500;

/** What a request asks of the cache, `null` when it must not be asked. `bound` is `null` when there is none, or nobody knows. */
export function cacheRequestFor(
  { position, mustUseSource }: ReadRequirement,
  epoch: number,
  bound: { readonly wanted: boolean; readonly position: Position | null },
): CacheRequest | null {
  if (mustUseSource || (bound.wanted && bound.position === null)) return null;
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
