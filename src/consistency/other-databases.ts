/**
 * What a client has seen of databases that are not this one. A token holds a position for each database, and every engine
 * takes out the one of its own: the others it keeps and hands back, for their owners to judge. It merges what it can read
 * of one database and one epoch, and keeps side by side what it cannot: positions of an unknown kind of server, and those of
 * two epochs, of which only the owner knows whether they have survived.
 */
import { coversPast, type DatabasePast, mergePasts } from './database-past.ts';
import { BadConsistencyRequestError } from './errors.ts';

export type OtherPast = DatabasePast & {
  /** The position as it came, where this release does not know such servers. */
  readonly unread?: Buffer;
};

/** In the order of their names. Never empty: absent instead. */
export type OtherPasts = readonly OtherPast[];

/** In one token, this database included. Were all positions left out because they are too long, the names would still fit. */
export const maxPasts = 12;

/** Everything in both: `a` itself if it covers `b`. */
export function joinOthers(a: OtherPasts | undefined, b: OtherPasts | undefined): OtherPasts | undefined {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  const joined = b.reduce(joinOne, a);
  return joined === a ? a : [...joined].sort(inOrder);
}

/** Throws `BadConsistencyRequestError` when one token could not hold what several have brought. */
export function refuseTooManyPasts({ others = [] }: { readonly others?: OtherPasts }): void {
  if (others.length < maxPasts) return;
  const count = others.length + 1;
  throw new BadConsistencyRequestError([`the tokens name ${count} databases, at most ${maxPasts} fit into one`]);
}

function joinOne(all: OtherPasts, past: OtherPast): OtherPasts {
  const index = all.findIndex((known) => isMergeable(known, past));
  const known = all[index];
  if (known === undefined) return [...all, past];
  if (known.unread !== undefined || coversPast(known, past)) return all;
  return all.with(index, Object.freeze(mergePasts(known, past)));
}

function isMergeable(a: OtherPast, b: OtherPast): boolean {
  if (a.clusterId !== b.clusterId || a.epoch !== b.epoch) return false;
  if (a.unread !== undefined || b.unread !== undefined) return isSame(a, b);
  return a.position === null || b.position === null || a.position.flavour === b.position.flavour;
}

function isSame(a: OtherPast, b: OtherPast): boolean {
  const { unread = null } = b;
  if (unread === null || a.unread?.equals(unread) !== true) return false;
  return a.issuedAtMs === b.issuedAtMs && a.requiresSource === b.requiresSource;
}

function inOrder(a: OtherPast, b: OtherPast): number {
  if (a.clusterId !== b.clusterId) return a.clusterId < b.clusterId ? -1 : 1;
  return a.epoch - b.epoch || a.issuedAtMs - b.issuedAtMs;
}
