/**
 * What one client has written and seen of one database, as a value.
 *
 * `requiresSource` means that the position does not cover the whole past (it was too long for a token, or belongs to
 * a forgotten history). Then only the source is fresh enough, until an answer of the source shows again how far the client
 * has seen (`settleOnSource`).
 */
import type { Position } from './position.ts';

export type DatabasePast = {
  /** Names the database. */
  readonly clusterId: string;
  readonly epoch: number;
  /** What the client has written and seen. `null` if that is nothing, or if `requiresSource` and it is unknown. */
  readonly position: Position | null;
  /** When the position was learned, in milliseconds since the Unix epoch. 0 for an empty session. */
  readonly issuedAtMs: number;
  readonly requiresSource: boolean;
};

/** False when the client has seen nothing of the database. */
export function hasPast({ position, requiresSource }: Pick<DatabasePast, 'position' | 'requiresSource'>): boolean {
  return position !== null || requiresSource;
}

/** Both, which are of one database and one epoch. Throws `MixedFlavourError`. */
export function mergePasts(a: DatabasePast, b: DatabasePast): DatabasePast {
  return {
    clusterId: a.clusterId,
    epoch: a.epoch,
    position: a.position === null || b.position === null ? (a.position ?? b.position) : a.position.merge(b.position),
    issuedAtMs: Math.max(a.issuedAtMs, b.issuedAtMs),
    requiresSource: a.requiresSource || b.requiresSource,
  };
}

/** Whether `a` covers everything that `b` says about the same database and epoch. */
export function coversPast(a: DatabasePast, b: DatabasePast): boolean {
  if (b.requiresSource && !a.requiresSource) return false;
  if (a.issuedAtMs < b.issuedAtMs) return false;
  return b.position === null || (a.position?.includes(b.position) ?? false);
}
