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
  // Also of a server that does not say: it is spoken to as most servers of the family are.
  isBehind: (connection) => greetedByMariadb(connection) === false,
  statements: mysqlStatements,
  statementsFor: async () => mysqlStatements,
  control: mysqlControl,
  local: mysqlLocal,
  history: mysqlHistory,
  unshown: () => mysqlUnshown,
  // Told only to whoever may replicate.
  startOfLog: async () => null,
});
