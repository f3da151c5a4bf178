import type { Position } from '../consistency/position.ts';

/** The commit has no GTID; or it is not even logged, so that no replica ever receives it. */
export const untold = ['UNNUMBERED', 'UNLOGGED'] as const;
export type Untold = (typeof untold)[number];

export function isUntold(own: Position | null | Untold): own is Untold {
  return typeof own === 'string';
}
