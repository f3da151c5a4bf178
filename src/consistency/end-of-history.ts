import type { Position } from './position.ts';

export type HistoryOfNewSource = {
  /** Everything that it has, and what it has received and is going to apply. */
  readonly all: Position;
  /** What each server has written last, where numbers are given out again and `all` names one server in each sequence. */
  readonly byServer: readonly Position[];
  /** The identity under which it writes. */
  readonly writer: string;
  /** What it had applied of others: where numbers are given out again that stands still when it begins to write. */
  readonly applied: Position;
  /** Where the ending epoch began; `null` if unknown. */
  readonly began: Position | null;
};

/**
 * Where the history of the former source ends, as far as a new one has it. If each server has numbers of its own, the new
 * source's transactions may be included: they cannot be mistaken for the former's. If numbers are reused, they look like the
 * former's, so they are left out: the end follows from what others have written, what was applied, and where the epoch began.
 */
export function endOfHistory({ all, byServer, writer, applied, began }: HistoryOfNewSource): Position {
  if (!all.reusesNumbers) return all;
  const others = byServer.flatMap((position) => position.parts().filter((part) => part.writer !== writer));
  const parts = others.map((part) => part.position());
  if (began?.flavour === all.flavour) parts.push(began);
  return parts.reduce((end, part) => end.merge(part), applied);
}
