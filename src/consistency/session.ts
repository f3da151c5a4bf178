/**
 * A session: one client's causal past across requests, as a value. It only moves forward, and a step that changes
 * nothing returns the same object, so that an unchanged session keeps its token.
 *
 * `requiresSource` means that the position does not tell the whole past (it was too large for a token, or belongs to
 * a history that nobody remembers). Then only the source is fresh enough, until an answer of the source has told
 * anew how far the client has seen (`settleOnSource`).
 */
import { MixedHistoryError } from './errors.ts';
import type { Position } from './position.ts';

export type Session = {
  readonly clusterId: string;
  readonly epoch: number;
  /** What the client has written and seen. `null` when that is nothing, or when `requiresSource` and nobody knows. */
  readonly position: Position | null;
  /** When the position was learned, in milliseconds since the Unix epoch. 0 for an empty session. */
  readonly issuedAtMs: number;
  readonly requiresSource: boolean;
};

export function emptySession(clusterId: string, epoch: number): Session {
  return Object.freeze({ clusterId, epoch, position: null, issuedAtMs: 0, requiresSource: false });
}

/** True when there is nothing for a token to carry. */
export function isEmptySession(session: Session): boolean {
  return session.position === null && !session.requiresSource;
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
  if (covers(a, b)) return a;
  if (covers(b, a)) return b;
  return Object.freeze({
    clusterId: a.clusterId,
    epoch: a.epoch,
    position: a.position === null || b.position === null ? (a.position ?? b.position) : a.position.merge(b.position),
    issuedAtMs: Math.max(a.issuedAtMs, b.issuedAtMs),
    requiresSource: a.requiresSource || b.requiresSource,
  });
}

function covers(a: Session, b: Session): boolean {
  if (b.requiresSource && !a.requiresSource) return false;
  if (a.issuedAtMs < b.issuedAtMs) return false;
  return b.position === null || (a.position?.includes(b.position) ?? false);
}
