import { MixedFlavourError } from './errors.ts';
import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';

/**
 * The transactions of `ahead` that are missing in `behind`, in the words of its server: a GTID set per line, or on MariaDB
 * the first and the last GTID per domain. Empty when nothing is missing. Throws `MixedFlavourError`.
 */
export function transactionsMissing(ahead: Position, behind: Position): string[] {
  if (ahead instanceof MysqlGtidSet && behind instanceof MysqlGtidSet) {
    const rest = ahead.minus(behind);
    return rest.isEmpty() ? [] : rest.format().split(',\n');
  }
  if (ahead instanceof MariadbGtidPosition && behind instanceof MariadbGtidPosition) {
    return ahead.gtids().flatMap(({ domainId, serverId, sequence }) => {
      const first = (behind.sequenceIn(domainId) ?? 0n) + 1n;
      if (first > sequence) return [];
      const last = `${domainId}-${serverId}-${sequence}`;
      return [first === sequence ? last : `${last} back to number ${first}`];
    });
  }
  throw new MixedFlavourError(ahead.flavour, behind.flavour);
}
