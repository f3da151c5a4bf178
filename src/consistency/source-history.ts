/**
 * What a server proves about its own history, as a value: whether a position is part of it. The proof depends on how the
 * servers number transactions; if a number may have been assigned twice, some of it cannot be decided.
 */
import type { Flavour, Position } from './position.ts';

/** Nothing is claimed for UNKNOWN: the session is led to the source and settled there. */
export type HistoryVerdict = 'INCLUDED' | 'LACKING' | 'UNKNOWN';

export interface SourceHistory {
  readonly flavour: Flavour;
  judge(position: Position): HistoryVerdict;
  /** Whether the server that `Position.writerOf` names so has written some of it. */
  hasWriter(writer: string): boolean;
  /** The same history after the server itself has committed `position`. */
  after(position: Position): SourceHistory;
  /** Whether everything that `earlier` says about the same server still holds. */
  continues(earlier: SourceHistory): boolean;
  /** A position that includes what of `position` is part of this history. `null` when that is nothing. */
  surviving(position: Position): Position | null;
}
