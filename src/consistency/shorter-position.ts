/**
 * A position without what every server has anyway: for those that are too long to be carried about.
 *
 * A server that includes the rest includes the whole, for two reasons that must both hold: it is one of those whose shared past
 * was left out; and what the present source wrote last stays in the rest, behind which each server that follows it, also
 * one that was restored from an older copy, has all that came before. So a position in which the present source wrote
 * nothing is not made shorter.
 */
import { type MariadbGtid, MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { type GtidStream, MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';

/** What all of them include; `null` when there are none, or of two flavours. */
export function sharedBy(positions: readonly Position[]): Position | null {
  const [first, ...others] = positions;
  if (first === undefined) return null;
  let shared: Position = first;
  for (const other of others) {
    const both = sharedByTwo(shared, other);
    if (both === null) return null;
    shared = both;
  }
  return shared;
}

function sharedByTwo(a: Position, b: Position): Position | null {
  if (a instanceof MysqlGtidSet && b instanceof MysqlGtidSet) return a.intersect(b);
  if (!(a instanceof MariadbGtidPosition && b instanceof MariadbGtidPosition)) return null;
  return MariadbGtidPosition.fromGtids(
    a.gtids().flatMap((gtid) => {
      const other = b.gtids().find(({ domainId }) => domainId === gtid.domainId);
      if (other === undefined) return [];
      return [other.sequence < gtid.sequence ? other : gtid];
    }),
  );
}

/** `writers`: how the present source signs what it writes. `null` where nothing can be left out. */
export function withoutShared(position: Position, shared: Position, writers: ReadonlySet<string>): Position | null {
  if (position instanceof MysqlGtidSet && shared instanceof MysqlGtidSet) {
    const last = [...position.streams()].filter(({ uuid }) => writers.has(uuid)).map(lastOf);
    return last.length === 0 ? null : position.minus(shared).merge(MysqlGtidSet.fromStreams(last));
  }
  if (position instanceof MariadbGtidPosition && shared instanceof MariadbGtidPosition) {
    const gtids = position.gtids();
    const [last] = gtids
      .filter(({ serverId }) => writers.has(String(serverId)))
      .toSorted((a, b) => (a.sequence > b.sequence ? -1 : 1));
    if (last === undefined) return null;
    const isShared = (gtid: MariadbGtid) => (shared.sequenceIn(gtid.domainId) ?? 0n) >= gtid.sequence;
    return MariadbGtidPosition.fromGtids(gtids.filter((gtid) => gtid === last || !isShared(gtid)));
  }
  return null;
}

function lastOf({ uuid, tag, intervals }: GtidStream): GtidStream {
  const last = intervals.at(-1) ?? 0n;
  return { uuid, tag, intervals: [last, last] };
}
