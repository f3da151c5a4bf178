/**
 * A session: one client's causal past across requests, as a value. It only moves forward, and a step that changes
 * nothing returns the same object, so that an unchanged session keeps its token.
 *
 * It moves in the history of one database. What its client has seen of others goes along untouched.
 */
import { coversPast, type DatabasePast, hasPast, mergePasts } from './database-past.ts';
import { MixedHistoryError } from './errors.ts';
import { joinOthers, type OtherPasts } from './other-databases.ts';
import type { Position } from './position.ts';

export type Session = DatabasePast & {
  /** What the client has seen of other databases; absent when that is nothing. */
  readonly others?: OtherPasts;
};

export function emptySession(clusterId: string, epoch: number): Session {
  return Object.freeze({ clusterId, epoch, position: null, issuedAtMs: 0, requiresSource: false });
}

/** True when there is nothing for a token to carry. */
export function isEmptySession(session: Session): boolean {
  return !hasPast(session) && session.others === undefined;
}

/** The session after its client has also seen `position`, of the session's own epoch. Throws `MixedFlavourError`. */
export function advanceSession(session: Session, position: Position, atMs: number): Session {
  if (position.isEmpty() || session.position?.includes(position)) return session;
  return Object.freeze({
    ...session,
    position: session.position === null ? position : session.position.merge(position),
    issuedAtMs: Math.max(session.issuedAtMs, atMs),
  });
}

/**
 * The session after an answer of the source of its own epoch: `position`, read there after the data, includes everything
 * that the client can have seen, also what its token could not name.
 */
export function settleOnSource(session: Session, position: Position, atMs: number): Session {
  const advanced = advanceSession(session, position, atMs);
  return advanced.requiresSource ? Object.freeze({ ...advanced, requiresSource: false }) : advanced;
}

/** The session when its position cannot be relied on: all of its later reads go to the source. */
export function requireSource(session: Session): Session {
  return session.requiresSource ? session : Object.freeze({ ...session, requiresSource: true });
}

/**
 * The past of both. Throws `MixedHistoryError` for sessions of different clusters or epochs: a position means something
 * only within its epoch, so `resumeSession` judges tokens before it merges them.
 */
export function mergeSessions(a: Session, b: Session): Session {
  if (a.clusterId !== b.clusterId || a.epoch !== b.epoch) {
    throw new MixedHistoryError('Sessions of different clusters or epochs cannot be merged', {
      facts: { clusters: [a.clusterId, b.clusterId], epochs: [`${a.epoch}`, `${b.epoch}`] },
    });
  }
  const others = joinOthers(a.others, b.others);
  if (others === a.others && coversPast(a, b)) return a;
  if (others === b.others && coversPast(b, a)) return b;
  return Object.freeze({ ...mergePasts(a, b), ...(others && { others }) });
}

/** Only the session's own database, for use outside its client. */
export function withoutOthers(session: Session): Session {
  if (session.others === undefined) return session;
  const { others: _, ...own } = session;
  return Object.freeze(own);
}

/** The same with the positions of other databases in `others`. */
export function withOthers(session: Session, others: OtherPasts | undefined): Session {
  const joined = joinOthers(session.others, others);
  return joined === undefined || joined === session.others ? session : Object.freeze({ ...session, others: joined });
}
