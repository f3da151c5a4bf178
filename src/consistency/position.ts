import type { TokenBytesWriter } from './token-bytes.ts';

/** The name of a family of servers that count transactions alike: positions of two families mean nothing to each other. */
export type Flavour = string;

/** What one server has contributed to a position. */
export type PositionPart = {
  /** As `Position.writerOf` names it. */
  readonly writer: string;
  /** Which sequence of numbers it belongs to, in the server's words. */
  readonly stream: string;
  position(): Position;
};

/**
 * How far a history has come, as a value that compares itself: no other code knows how its servers number transactions.
 * Immutable. An unknown position is `null` wherever one is expected, never an empty position.
 */
export interface Position {
  readonly flavour: Flavour;
  /**
   * True if a new source assigns the numbers of lost transactions again. Then "included" means that a number is there,
   * not which server's transaction it is.
   */
  readonly reusesNumbers: boolean;
  /** True when everything in `other` is in this one. Positions of different flavours never include each other. */
  includes(other: Position): boolean;
  /** The smallest position that includes both. Throws `MixedFlavourError` on different flavours. */
  merge(other: Position): Position;
  /** A position that includes what is in both, and lies within each of them. `null` on different flavours. */
  intersect(other: Position): Position | null;
  isEmpty(): boolean;
  /** True when each includes the other. */
  equals(other: Position): boolean;
  /**
   * What of this one is missing in `other`, in the words of its server, an entry per server or sequence. Throws
   * `MixedFlavourError`.
   */
  missingIn(other: Position): readonly string[];
  /** How many transactions of this one are missing in `other`, judged by their numbers. Throws `MixedFlavourError`. */
  countMissingIn(other: Position): bigint;
  /** By writer. If only the last writer of a sequence is known, that one counts. */
  parts(): readonly PositionPart[];
  /** The parts for which `keep` returns true. */
  withParts(keep: (part: PositionPart) => boolean): Position;
  /** The writer name of the server with this identity, as in `parts`. */
  writerOf(identity: string): string;
  /**
   * Without what `shared` includes as well, but with what these writers wrote last. `null` when they wrote nothing in it, or on
   * different flavours.
   */
  withoutShared(shared: Position, writers: ReadonlySet<string>): Position | null;
  /**
   * The server's own text form, normalised: equal positions format alike. A number that is printed and takes no part in
   * comparison (the server id of a MariaDB GTID) may differ.
   */
  format(): string;
  /** The same on one line without white space; `PositionKind.parse` reads both. */
  line(): string;
  /** Equal positions give equal bytes, with the exception of `format`. `PositionKind.read` reads them. */
  write(writer: TokenBytesWriter): void;
}
