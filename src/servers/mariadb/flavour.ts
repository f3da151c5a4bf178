import { familyFlavour } from '../mysql-family/family-flavour.ts';
import { greetedByMariadb } from '../mysql-family/session-state.ts';
import { rowsOf } from '../rows.ts';
import { mariadbControl } from './control.ts';
import { galeraStatements, galeraSwitch } from './galera.ts';
import { mariadbHistory, startOfLog } from './history.ts';
import { mariadbLocal } from './local/servers.ts';
import { mariadbStatements } from './statements.ts';
import { MariadbUnshown } from './unshown-commits.ts';

export const mariadb = familyFlavour({
  name: 'mariadb',
  capabilities: {
    groups: false,
    byStatements: { stepsDown: true, copies: true, copyTools: 'mariadb-backup, or a dump with its GTID position' },
  },
  isBehind: (connection) => greetedByMariadb(connection) === true,
  statements: mariadbStatements,
  statementsFor: async (connection) =>
    rowsOf(await connection.query(galeraSwitch)).length > 0 ? galeraStatements : mariadbStatements,
  control: mariadbControl,
  local: mariadbLocal,
  history: mariadbHistory,
  unshown: (clock) => new MariadbUnshown(clock),
  startOfLog: (connection, { applied }) => startOfLog(connection, applied),
});
