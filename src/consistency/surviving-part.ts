import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';

/**
 * A position that includes what of `position` lies within `end`. On MySQL exactly that; on MariaDB, where a domain is beyond
 * the end, all of the end in that domain. `null` when nothing does.
 */
export function survivingPart(position: Position, end: Position): Position | null {
  if (position instanceof MysqlGtidSet && end instanceof MysqlGtidSet) return filled(position.intersect(end));
  if (position instanceof MariadbGtidPosition && end instanceof MariadbGtidPosition) {
    const ends = new Map(end.gtids().map((gtid) => [gtid.domainId, gtid]));
    const rest = position.gtids().flatMap((gtid) => {
      const last = ends.get(gtid.domainId);
      return last === undefined ? [] : [last.sequence < gtid.sequence ? last : gtid];
    });
    return filled(MariadbGtidPosition.fromGtids(rest));
  }
  return null;
}

function filled(position: Position): Position | null {
  return position.isEmpty() ? null : position;
}
