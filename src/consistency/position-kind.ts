import type { Flavour, Position } from './position.ts';
import type { SourceHistory } from './source-history.ts';
import type { TokenBytesReader } from './token-bytes.ts';

/** What a probe of a server shows of its history. */
export type SeenHistory = {
  readonly position: Position;
  /** All that it has committed or applied; absent where that is `position`. */
  readonly holds?: Position;
  /** The last write of each server in its log; absent if `position` says it. */
  readonly logged?: Readonly<Record<string, Position>>;
};

/** How one family of servers counts: what makes positions. Each family implements it once. */
export interface PositionKind {
  readonly flavour: Flavour;
  /** Stands before a position in a token. Never changed, and never given to another kind: tokens outlive releases. */
  readonly tokenByte: number;
  /** The position that everything includes. */
  readonly empty: Position;
  /** Reads a position as its server prints it, and what `Position.line` gives. Throws `MalformedPositionError`. */
  parse(text: string): Position;
  /** Reads what `Position.write` has written. Throws `RangeError` on anything else. */
  read(reader: TokenBytesReader): Position;
  historyOf(seen: SeenHistory): SourceHistory;
}
