import { MixedFlavourError } from '../../consistency/errors.ts';
import type { PositionKind } from '../../consistency/position-kind.ts';
import { readStreams } from './gtid-bytes.ts';
import { MysqlHistory } from './gtid-history.ts';
import { MysqlGtidSet } from './gtid-set.ts';

export const mysqlPositions: PositionKind = {
  flavour: 'mysql',
  tokenByte: 1,
  empty: MysqlGtidSet.empty,
  parse: MysqlGtidSet.parse,
  read: (reader) => MysqlGtidSet.fromStreams(readStreams(reader)),
  // What the server holds beyond its position may still be rolled back.
  historyOf: ({ position }) => {
    if (!(position instanceof MysqlGtidSet)) throw new MixedFlavourError('mysql', position.flavour);
    return new MysqlHistory(position);
  },
};
