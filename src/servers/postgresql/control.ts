/**
 * How a PostgreSQL server is administered over a connection: a standby can be promoted and made to follow another one. A primary
 * cannot be made a standby while it runs, and data is copied by programs on its host.
 */
import { systemClock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { FollowedSource, ServerControl } from '../flavour.ts';
import { rowsOf, textOf } from '../rows.ts';
import { parseConninfo, stopped, towards, writeConninfo } from './conninfo.ts';
import { postgresqlEpochs } from './epoch-table.ts';
import { postgresqlFaults } from './faults.ts';
import { readHistoryFacts } from './history.ts';
import { probeQuestion } from './questions.ts';
import { refusedByOf, replicationOf } from './server-facts.ts';
import { WalReading } from './wal-reading.ts';

const promoteWithinS = 5;
const reloadWithinMs = 2000;
const pollEveryMs = 5;
const conflictsAtMost = 3;
const reading = new WalReading(systemClock);
export const copyTools = 'pg_rewind or pg_basebackup';

export const postgresqlControl: ServerControl = {
  probe: async (connection) => {
    const { row, state } = await reading.read(connection, probeQuestion);
    const { all, applied } = await readHistoryFacts(connection);
    const { applier, receiver, delayMs, follows } = replicationOf(row, state);
    return {
      identity: textOf(row, 'identity'),
      id: textOf(row, 'identity'),
      flavour: 'postgresql',
      version: textOf(row, 'version'),
      readOnly: refusedByOf(row).length > 0,
      position: applied,
      received: all,
      receiver,
      applier,
      replicationError: null,
      delayMs,
      follows,
      epochs: await postgresqlEpochs.read(connection),
      reported: null,
      unfit: textOf(row, 'wal_level') === 'minimal' ? ['its log does not hold what standbys need (wal_level)'] : [],
    };
  },
  refuseWrites: (connection) => set(connection, { default_transaction_read_only: 'on' }),
  acceptWrites: async (connection) => {
    if (await isStandby(connection)) await promote(connection);
    await set(connection, { default_transaction_read_only: null });
  },
  // A superuser may begin a transaction that writes.
  admitAdministrator: async (connection) => {
    await connection.query(writesAnyway);
  },
  stopReceiving: async (connection) => {
    await set(connection, { primary_conninfo: writeConninfo(stopped(await conninfoOf(connection))) });
  },
  startApplying: async (connection) => {
    if (await isStandby(connection)) await againAfterConflict(() => connection.query('SELECT pg_wal_replay_resume()'));
  },
  stopReplicating: async (connection) => {
    if (!(await isStandby(connection))) return;
    await set(connection, { primary_conninfo: writeConninfo(stopped(await conninfoOf(connection))) });
  },
  follow: async (connection, { host, port, account, encrypted }: FollowedSource) => {
    if (!(await isStandby(connection))) {
      throw new Error(`is no standby: it has to be made one on its host (${copyTools}, standby.signal)`);
    }
    const words = towards(await conninfoOf(connection), {
      host,
      port: String(port),
      ...(account !== null && account),
      ...(encrypted && { sslmode: 'require' }),
    });
    // The slot may not be there on the other primary, and without it nothing would be sent.
    await set(connection, { primary_conninfo: writeConninfo(words), primary_slot_name: null });
  },
  copy: async () => {
    throw new Error(`Data is copied on the host, by ${copyTools}`);
  },
  copyObstacles: async () => [`its data is copied on the host, by ${copyTools}`],
  hasAllTransactions: async (connection) => {
    const sql = "SELECT min(substr(name, 9)) AS oldest FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'";
    return textOf(rowsOf(await connection.query(sql))[0], 'oldest') === '0000000000000001';
  },
  // A standby cannot record anything: it is promoted before, and refuses the writes of others until it is let accept them.
  recordEpoch: async (connection, record) => {
    if (await isStandby(connection)) {
      await set(connection, { default_transaction_read_only: 'on' });
      await promote(connection);
    }
    await connection.query(writesAnyway);
    await postgresqlEpochs.insert(connection, record);
  },
};

const writesAnyway = 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE';

async function promote(connection: Connection): Promise<void> {
  const [row] = rowsOf(await connection.query(`SELECT pg_promote(true, ${promoteWithinS}) AS promoted`));
  if (row?.promoted !== true) throw new Error(`was not promoted within ${promoteWithinS} seconds`);
  // Until the first one, tools that compare timelines take it for a server of the old one.
  await connection.query('CHECKPOINT');
}

/** A standby may cancel any statement that is in the way of what it applies. */
async function againAfterConflict(work: () => Promise<unknown>): Promise<void> {
  for (let left = conflictsAtMost; ; left -= 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (left === 0 || !(error instanceof Error) || postgresqlFaults.wordOf(error) !== '40001') throw error;
    }
  }
}

async function isStandby(connection: Connection): Promise<boolean> {
  return rowsOf(await connection.query('SELECT pg_is_in_recovery() AS standby'))[0]?.standby === true;
}

async function conninfoOf(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const [row] = rowsOf(await connection.query("SELECT current_setting('primary_conninfo') AS conninfo"));
  const words = parseConninfo(textOf(row, 'conninfo'));
  if (words === null) throw new Error('has a primary_conninfo that cannot be read');
  return words;
}

/** Now and after a restart; `null` sets the default again. Resolves when the server has read it. */
async function set(connection: Connection, settings: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await connection.query(
      value === null ? `ALTER SYSTEM RESET ${name}` : `ALTER SYSTEM SET ${name} = '${value.replaceAll("'", "''")}'`,
    );
  }
  const before = await loadTime(connection);
  await connection.query('SELECT pg_reload_conf()');
  const untilMs = systemClock.monotonic() + reloadWithinMs;
  while ((await loadTime(connection)) === before) {
    if (systemClock.monotonic() > untilMs) throw new Error('did not read its settings again in time');
    await systemClock.sleep(pollEveryMs);
  }
}

/** When the process behind this connection has last read its settings. */
async function loadTime(connection: Connection): Promise<string> {
  return textOf(rowsOf(await connection.query('SELECT pg_conf_load_time()::text AS at'))[0], 'at');
}
