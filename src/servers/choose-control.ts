import type { ControlStatements } from './control-statements.ts';
import type { FlavourName } from './flavour-name.ts';
import { mariadbControl } from './mariadb/control.ts';
import { mysqlControl } from './mysql/control.ts';

export function controlStatementsOf(flavour: FlavourName): ControlStatements {
  switch (flavour) {
    case 'mariadb':
      return mariadbControl;
    case 'mysql':
      return mysqlControl;
    default:
      return flavour satisfies never;
  }
}
