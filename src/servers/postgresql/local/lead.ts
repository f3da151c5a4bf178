import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../connection.ts';
import type { LocalLead, LocalServer } from '../../local-servers.ts';
import { rowsOf } from '../../rows.ts';
import { literal } from './sql-file.ts';
import { leadFile, slotOf, synchronousNames } from './start-files.ts';

/**
 * Makes a server accept writes in the history it has. A promotion would begin a new timeline, which is for failovers: this
 * server was the primary before, or is the first one, so it is restarted without `standby.signal`.
 */
export async function lead(server: LocalServer, { acknowledged, replicas }: LocalLead): Promise<void> {
  if (await server.use(isStandby)) await server.restarted(() => writeFile(join(server.dataDirectory, leadFile), ''));
  await server.use(async (connection) => {
    for (const replica of replicas) await makeSlot(connection, slotOf(replica));
    // What it followed earlier, it does not follow when it is next started; and it may have refused writes since a switchover.
    for (const name of ['primary_conninfo', 'primary_slot_name', 'default_transaction_read_only']) {
      await connection.query(`ALTER SYSTEM RESET ${name}`);
    }
    await waitFor(connection, acknowledged ? replicas : []);
  });
}

/** Makes commits wait for one of these standbys; for none if there are none. */
export async function waitFor(connection: Connection, standbys: readonly string[]): Promise<void> {
  await connection.query(`ALTER SYSTEM SET synchronous_standby_names = ${literal(synchronousNames(standbys))}`);
  await connection.query('SELECT pg_reload_conf()');
}

export async function isStandby(connection: Connection): Promise<boolean> {
  const [row] = rowsOf(await connection.query('SELECT pg_is_in_recovery() AS standby'));
  return row?.standby === true;
}

/** Keeps from now on what the standby has not received, within `max_slot_wal_keep_size`. */
export async function makeSlot(connection: { query(sql: string): Promise<unknown> }, slot: string): Promise<void> {
  await connection.query(`SELECT pg_create_physical_replication_slot(${literal(slot)}, true)
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ${literal(slot)})`);
}
