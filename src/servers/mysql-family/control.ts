import type { Connection as DriverConnection } from 'mariadb';
import type { Connection } from '../connection.ts';
import type { ServerControl } from '../flavour.ts';
import { type Row, rowsOf, textOf } from '../rows.ts';
import type { ControlStatements } from './control-statements.ts';
import { copyObstacles } from './copy-obstacles.ts';
import { insertEpoch, readEpochs } from './epoch-table.ts';
import { copyAfresh } from './fresh-copy.ts';
import type { ServerStatements } from './server-statements.ts';

/** A server of the family in the hands of its administrator, by its own statements. */
export function familyControl(
  { positions, replication }: Pick<ServerStatements, 'positions' | 'replication'>,
  control: ControlStatements,
): ServerControl {
  const { semiSync } = control;
  const admitAdministrator = (connection: Connection) => runAll(connection, control.admitAdministrator);
  return {
    probe: async (connection) => {
      const [probe, channels, epochs] = await Promise.all([
        firstRow(connection, control.probe),
        connection.query(replication).then(rowsOf),
        readEpochs(connection, positions),
      ]);
      const host = textOf(probe, 'reportHost');
      const reported = host === '' ? null : { host, port: Number(textOf(probe, 'reportPort')) };
      return { ...control.facts(probe, channels), epochs, reported };
    },
    refuseWrites: (connection) => runAll(connection, control.refuseWrites),
    acceptWrites: async (connection) => {
      await setWhereKnown(connection, semiSync.scope, { [semiSync.replica]: false, [semiSync.source]: true });
      await runAll(connection, control.acceptWrites);
    },
    admitAdministrator,
    stopReceiving: (connection) => runAll(connection, [control.stopReceiving]),
    startApplying: (connection) => runAll(connection, [control.startApplying]),
    stopReplicating: (connection, { forget }) =>
      runAll(connection, forget ? [control.stopReplicating, control.forget] : [control.stopReplicating]),
    follow: async (connection, { host, port, account, encrypted }) => {
      const before = rowsOf(await connection.query(replication));
      await setWhereKnown(connection, semiSync.scope, { [semiSync.source]: false, [semiSync.replica]: true });
      const encrypts = encrypted && !before.some((row) => textOf(row, control.encrypted) === 'Yes');
      const begin = before.length === 0 ? control.beginAtOwnPosition : [control.stopReplicating];
      await runAll(connection, [
        ...begin,
        ...control.follow({ host, port, account, encrypts }, (text) => literal(connection, text)),
      ]);
    },
    copy: async (request) => {
      const { target } = request;
      await runAll(target, control.admitAdministrator);
      const position = await copyAfresh(request);
      const version = textOf(await firstRow(target, 'SELECT VERSION() AS version'), 'version');
      await runAll(target, control.holdOnly(position.line(), version));
    },
    copyObstacles,
    hasAllTransactions: async (connection) => textOf(await firstRow(connection, control.purged), 'purged') === '',
    recordEpoch: async (connection, record) => {
      await admitAdministrator(connection);
      await insertEpoch(connection, record);
    },
  };
}

/** Quoted as the session parses literals; a backslash may be an escape character there. */
const literal = (connection: object, text: string): string =>
  (connection as Pick<DriverConnection, 'escape'>).escape(text);

async function runAll(connection: Pick<Connection, 'query'>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

/** Sets those of the variables that this server has, if the cluster uses them. */
async function setWhereKnown(
  connection: Connection,
  scope: string,
  switches: Readonly<Record<string, boolean>>,
): Promise<void> {
  const rows = rowsOf(await connection.query("SHOW GLOBAL VARIABLES LIKE 'rpl_semi_sync_%_enabled'"));
  if (!rows.some((row) => textOf(row, 'Value') === 'ON')) return;
  const known = new Set(rows.map((row) => textOf(row, 'Variable_name')));
  for (const [name, on] of Object.entries(switches)) {
    if (known.has(name)) await connection.query(`SET ${scope} ${name} = ${on ? 'ON' : 'OFF'}`);
  }
}

async function firstRow(connection: Pick<Connection, 'query'>, sql: string): Promise<Row> {
  return rowsOf(await connection.query(sql))[0] ?? {};
}
