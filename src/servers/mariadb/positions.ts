import type { PositionKind } from '../../consistency/position-kind.ts';
import { readGtids } from './gtid-bytes.ts';
import { MariadbHistory } from './gtid-history.ts';
import { MariadbGtidPosition } from './gtid-position.ts';

export const mariadbPositions: PositionKind = {
  flavour: 'mariadb',
  tokenByte: 2,
  empty: MariadbGtidPosition.empty,
  parse: MariadbGtidPosition.parse,
  read: (reader) => MariadbGtidPosition.fromGtids(readGtids(reader)),
  historyOf: ({ position, holds = position, logged }) => {
    const byServer = logged === undefined ? [position] : Object.values(logged);
    return new MariadbHistory(
      byServer.flatMap((one) => (one instanceof MariadbGtidPosition ? one.gtids() : [])),
      holds instanceof MariadbGtidPosition ? holds : MariadbGtidPosition.empty,
    );
  },
};
