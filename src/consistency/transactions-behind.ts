import { MixedFlavourError } from './errors.ts';
import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';

/**
 * How many transactions of `ahead` are missing in `behind`. Exact on MySQL. On MariaDB the distance in sequence numbers,
 * which is the same as long as nobody set them by hand. Throws `MixedFlavourError`.
 */
export function transactionsBehind(ahead: Position, behind: Position): bigint {
  if (ahead instanceof MysqlGtidSet && behind instanceof MysqlGtidSet) return ahead.minus(behind).transactionCount();
  if (ahead instanceof MariadbGtidPosition && behind instanceof MariadbGtidPosition) {
    let count = 0n;
    for (const { domainId, sequence } of ahead.gtids()) {
      const reached = behind.sequenceIn(domainId) ?? 0n;
      if (sequence > reached) count += sequence - reached;
    }
    return count;
  }
  throw new MixedFlavourError(ahead.flavour, behind.flavour);
}
