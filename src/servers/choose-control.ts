import type { Flavour } from '../consistency/position.ts';
import type { ControlStatements } from './control-statements.ts';
import { mariadbControl } from './mariadb/control.ts';
import { mysqlControl } from './mysql/control.ts';

export function controlStatementsOf(flavour: Flavour): ControlStatements {
  switch (flavour) {
    case 'mariadb':
      return mariadbControl;
    case 'mysql':
      return mysqlControl;
    default:
      return flavour satisfies never;
  }
}
