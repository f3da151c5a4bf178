import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import type { Position } from './position.ts';
import { partsOf } from './position-parts.ts';

export type HistoryOfNewSource = {
  /** Everything that it has, and what it has received and is going to apply. */
  readonly all: Position;
  /** Of MariaDB, where `all` names one server in each domain: what each server has written last. */
  readonly byServer: readonly Position[];
  /** Who it writes as. */
  readonly writer: string;
  /** What it had applied of others: on MariaDB that stands still when it begins to write. */
  readonly applied: Position;
  /** Where the epoch that ends had begun; `null` when nobody knows. */
  readonly began: Position | null;
};

/**
 * Where the history of the former source ends, as far as a new one has it. On MySQL the new source's own transactions may
 * lie within: nobody takes them for the former's. On MariaDB they wear the former's numbers, so they are left out: what
 * others have written, what was applied, and where the epoch began tell the rest.
 */
export function endOfHistory({ all, byServer, writer, applied, began }: HistoryOfNewSource): Position {
  if (!(all instanceof MariadbGtidPosition)) return all;
  const others = byServer.flatMap((position) => partsOf(position).filter((part) => part.writer !== writer));
  const parts = [applied, ...others.map((part) => part.position())];
  if (began?.flavour === 'mariadb') parts.push(began);
  return parts.reduce<Position>((end, part) => end.merge(part), MariadbGtidPosition.empty);
}
