import { familyFlavour } from '../mysql-family/family-flavour.ts';
import { greetedByMariadb } from '../mysql-family/session-state.ts';
import { mysqlControl } from './control.ts';
import { mysqlHistory } from './history.ts';
import { mysqlLocal } from './local/servers.ts';
import { mysqlStatements } from './statements.ts';
import { mysqlUnshown } from './unshown-commits.ts';

export const mysql = familyFlavour({
  name: 'mysql',
  capabilities: {
    groups: true,
    byStatements: { stepsDown: true, copies: true, copyTools: 'CLONE, or a dump with its GTID set' },
  },
  // Also for a server that does not identify itself: it is addressed like most servers of the family.
  isBehind: (connection) => greetedByMariadb(connection) === false,
  statements: mysqlStatements,
  statementsFor: async () => mysqlStatements,
  control: mysqlControl,
  local: mysqlLocal,
  history: mysqlHistory,
  unshown: () => mysqlUnshown,
  // Reported only to accounts that may replicate.
  startOfLog: async () => null,
});
