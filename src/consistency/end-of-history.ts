import type { Position } from './position.ts';

export type HistoryOfNewSource = {
  /** Everything that it has, and what it has received and is going to apply. */
  readonly all: Position;
  /** What each server has written last, where numbers are given out again and `all` names one server in each sequence. */
  readonly byServer: readonly Position[];
  /** Who it writes as. */
  readonly writer: string;
  /** What it had applied of others: where numbers are given out again that stands still when it begins to write. */
  readonly applied: Position;
  /** Where the epoch that ends had begun; `null` when nobody knows. */
  readonly began: Position | null;
};

/**
 * Where the history of the former source ends, as far as a new one has it. Where each server has numbers of its own, the new
 * source's transactions may lie within: nobody takes them for the former's. Where numbers are given out again they wear the
 * former's, so they are left out: what others have written, what was applied, and where the epoch began tell the rest.
 */
export function endOfHistory({ all, byServer, writer, applied, began }: HistoryOfNewSource): Position {
  if (!all.reusesNumbers) return all;
  const others = byServer.flatMap((position) => position.parts().filter((part) => part.writer !== writer));
  const parts = others.map((part) => part.position());
  if (began?.flavour === all.flavour) parts.push(began);
  return parts.reduce((end, part) => end.merge(part), applied);
}
