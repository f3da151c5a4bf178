/**
 * What each level asks of a read.
 *
 * | level | must include | where | observes its position afterwards |
 * |---|---|---|---|
 * | EVENTUAL | nothing | anywhere | no |
 * | BOUNDED | nothing; the staleness bound is judged apart | anywhere | yes |
 * | SESSION | what the session has written and seen | anywhere | yes |
 * | STRONG | everything | source | yes |
 *
 * Every level but EVENTUAL observes: an answer must never make a later SESSION read look older than what it showed.
 * EVENTUAL promises nothing and costs nothing. A read that must go to the source names no position: the source has what
 * its own epoch has, and its tracked position lags behind the truth by up to one probe.
 */
import type { ConsistencyLevel } from './levels.ts';
import type { Position } from './position.ts';
import type { Session } from './session.ts';

export type ReadRequirement = {
  /** The node must include this. `null` when any position will do. */
  readonly position: Position | null;
  readonly mustUseSource: boolean;
  /** Whether the position of the node is read after the data and advances the session. */
  readonly observeAfter: boolean;
};

const anyNode: ReadRequirement = Object.freeze({ position: null, mustUseSource: false, observeAfter: false });
const anyNodeObserved: ReadRequirement = Object.freeze({ position: null, mustUseSource: false, observeAfter: true });
const onlySource: ReadRequirement = Object.freeze({ position: null, mustUseSource: true, observeAfter: true });

export function requirementFor(
  level: ConsistencyLevel,
  session: Pick<Session, 'position' | 'requiresSource'>,
): ReadRequirement {
  switch (level) {
    case 'EVENTUAL':
      return anyNode;
    case 'BOUNDED':
      return anyNodeObserved;
    case 'SESSION':
      if (session.requiresSource) return onlySource;
      return session.position === null
        ? anyNodeObserved
        : { position: session.position, mustUseSource: false, observeAfter: true };
    case 'STRONG':
      return onlySource;
    default:
      return level satisfies never;
  }
}
