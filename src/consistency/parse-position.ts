import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Flavour, Position } from './position.ts';

/** Reads a position as a server of that flavour prints it. Throws `MalformedPositionError`. */
export function parsePosition(flavour: Flavour, text: string): Position {
  switch (flavour) {
    case 'mysql':
      return MysqlGtidSet.parse(text);
    case 'mariadb':
      return MariadbGtidPosition.parse(text);
    default:
      return flavour satisfies never;
  }
}

/** The position that everything includes. */
export function emptyPosition(flavour: Flavour): Position {
  switch (flavour) {
    case 'mysql':
      return MysqlGtidSet.empty;
    case 'mariadb':
      return MariadbGtidPosition.empty;
    default:
      return flavour satisfies never;
  }
}
