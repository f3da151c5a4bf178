/**
 * What each level requires of a read.
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
import type { ConsistencyRequest } from './consistency-request.ts';
import { type DatabasePast, hasPast } from './database-past.ts';
import type { Position } from './position.ts';

/** What one read must include and how long it may wait: derived once for a run, for its router, its cache and its session. */
export type ReadRequirement = Omit<ConsistencyRequest, 'monotonicReads'> & {
  /** The node must include this. `null` when any position will do, or only the source. */
  readonly position: Position | null;
  /** Only the source will do, and why; `null` when a replica may serve. */
  readonly sourceOnly: 'strong-read' | 'position-unknown' | null;
  /** The position of the node is read after the data and advances the session: it must be able to say what was seen. */
  readonly observes: boolean;
  /** The backup may serve if no other server answers: there is no past, bound or token that it could fall behind. */
  readonly backupAllowed: boolean;
};

type Past = Pick<DatabasePast, 'position' | 'requiresSource'>;

export function requirementFor(asked: ConsistencyRequest, session: Past): ReadRequirement {
  const { level, whenBehind, waitMs, maxStalenessMs, monotonicReads = true } = asked;
  const isStrong = level === 'STRONG';
  const ofLevel: ReadRequirement = {
    level,
    whenBehind,
    waitMs,
    maxStalenessMs,
    position: null,
    sourceOnly: isStrong ? 'strong-read' : null,
    observes: monotonicReads && level !== 'EVENTUAL',
    backupAllowed: !isStrong && maxStalenessMs === null,
  };
  return including(ofLevel, session);
}

/** The same when the session of its operation has moved on, because it has written or shown something before it reads. */
export function including(required: ReadRequirement, session: Past): ReadRequirement {
  const backupAllowed = required.backupAllowed && !hasPast(session);
  const { position } = session;
  if (required.level !== 'SESSION' || required.sourceOnly !== null) return { ...required, backupAllowed };
  if (session.requiresSource) return { ...required, backupAllowed, position: null, sourceOnly: 'position-unknown' };
  return position === null ? { ...required, backupAllowed } : { ...withPosition(required, position), backupAllowed };
}

/** The same for what is shown beside `position`: whatever the level, no read may be older. */
export function besides(required: ReadRequirement, position: Position): ReadRequirement {
  return required.sourceOnly === null ? { ...withPosition(required, position), backupAllowed: false } : required;
}

function withPosition(required: ReadRequirement, position: Position): ReadRequirement {
  return { ...required, position: required.position?.merge(position) ?? position };
}
