import type { Connection } from '../../connection.ts';
import type { LocalFollow, LocalServer } from '../../local-servers.ts';
import { isStandby } from './lead.ts';
import { literal } from './sql-file.ts';
import { connectionInfo, slotOf } from './start-files.ts';

/** Makes a server stream from the source. It started as a standby, so that this takes no restart. */
export async function follow(server: LocalServer, { source, account }: LocalFollow): Promise<void> {
  // Only one that leads now has to be started again: every start is that of a standby.
  if (!(await server.use(isStandby))) await server.restarted(async () => undefined);
  await server.use(async (connection) => {
    await set(connection, 'primary_conninfo', connectionInfo(source, account.user));
    await set(connection, 'primary_slot_name', slotOf(server.name));
    await connection.query('SELECT pg_reload_conf()');
  });
}

async function set(connection: Connection, name: string, value: string): Promise<void> {
  await connection.query(`ALTER SYSTEM SET ${name} = ${literal(value)}`);
}
