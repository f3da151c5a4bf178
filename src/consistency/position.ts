/** Which family of servers a position comes from: the two count transactions differently. */
export type Flavour = 'mysql' | 'mariadb';

/**
 * How far a history has come, as a value: a MySQL GTID set or a MariaDB GTID position.
 * Immutable. A position that nobody knows is `null` wherever one is expected, never an empty position.
 */
export interface Position {
  readonly flavour: Flavour;
  /** True when everything in `other` is in this one. Positions of different flavours never include each other. */
  includes(other: Position): boolean;
  /** The smallest position that includes both. Throws `MixedFlavourError` on different flavours. */
  merge(other: Position): Position;
  isEmpty(): boolean;
  /** True when each includes the other. */
  equals(other: Position): boolean;
  /**
   * The server's own text form, normalised: equal positions format alike. The one exception is MariaDB's server id,
   * which is printed but takes no part in comparison.
   */
  format(): string;
}
