import type { Connection } from '../../connection.ts';
import type { LocalFollow, LocalServer } from '../../local-servers.ts';
import { rowsOf, textOf } from '../../rows.ts';
import { copyFrom } from './copy.ts';
import { isStandby, makeSlot } from './lead.ts';
import { onSource } from './source-connection.ts';
import { literal } from './sql-file.ts';
import { connectionInfo, slotOf } from './start-files.ts';
import { type Kept, needsCopy, type Place } from './wal-place.ts';

/** Makes a server stream from the source. It started as a standby, so that this takes no restart unless it needs a new copy. */
export async function follow(server: LocalServer, request: LocalFollow): Promise<void> {
  // Only one that leads now has to be started again: every start is that of a standby.
  if (!(await server.use(isStandby))) await server.restarted(async () => undefined);
  // A source that is not running makes the slot when it leads.
  const kept = await onSource(request, async (client) => {
    await makeSlot(client, slotOf(server.name));
    return readKept(client);
  });
  if (request.anew || (kept !== null && needsCopy(await server.use(readPlace), kept))) {
    await server.restarted(() => copyFrom(server, request));
  }
  await server.use(async (connection) => {
    // They would keep the log for standbys that it had when it led.
    await connection.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
      WHERE NOT active AND slot_type = 'physical'`);
    await set(connection, 'primary_conninfo', connectionInfo(request.source, request.account.user));
    await set(connection, 'primary_slot_name', slotOf(server.name));
    // A copy brings the source's; once promoted, it would wait for standbys of another primary.
    await set(connection, 'synchronous_standby_names', '');
    await connection.query('SELECT pg_reload_conf()');
  });
}

async function set(connection: Connection, name: string, value: string): Promise<void> {
  await connection.query(`ALTER SYSTEM SET ${name} = ${literal(value)}`);
}

async function readPlace(connection: Connection): Promise<Place> {
  const [row] = rowsOf(
    await connection.query(`SELECT system_identifier::text AS system, pg_last_wal_replay_lsn()::text AS lsn,
      pg_size_bytes(current_setting('wal_segment_size'))::text AS segment FROM pg_control_system()`),
  );
  return {
    system: textOf(row, 'system'),
    lsn: textOf(row, 'lsn'),
    segmentBytes: BigInt(textOf(row, 'segment')),
  };
}

async function readKept(client: { query(sql: string): Promise<{ rows: unknown }> }): Promise<Kept> {
  const { rows } = await client.query(`SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
    min(substr(name, 9)) AS oldest FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'`);
  const [row] = rowsOf(rows);
  return { system: textOf(row, 'system'), oldestFile: textOf(row, 'oldest') };
}
