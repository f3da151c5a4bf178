import type { Position } from './position.ts';

/** What all of them include; `null` when there are none, or of two flavours. */
export function sharedBy(positions: readonly Position[]): Position | null {
  const [first, ...others] = positions;
  if (first === undefined) return null;
  return others.reduce<Position | null>((shared, other) => shared?.intersect(other) ?? null, first);
}
