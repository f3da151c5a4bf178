import type { PositionKind } from '../../consistency/position-kind.ts';
import { TimelineHistory } from './timeline-history.ts';
import { WalPosition } from './wal-position.ts';

export const postgresqlPositions: PositionKind = {
  flavour: 'postgresql',
  tokenByte: 3,
  empty: WalPosition.empty,
  parse: WalPosition.parse,
  read: WalPosition.read,
  historyOf: ({ position, holds = position }) =>
    new TimelineHistory(holds instanceof WalPosition ? holds : WalPosition.empty),
};
