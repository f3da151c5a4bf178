import { within } from '../../../platform/deadline.ts';
import type { Connection } from '../../connection.ts';
import type { LocalServer, LocalSupervision, LocalSupervisor } from '../../local-servers.ts';
import { rowsOf } from '../../rows.ts';
import { judgeStandbys, patienceMs, type StandbysSeen } from './acknowledgement.ts';
import { makeSlot, waitFor } from './lead.ts';
import { literal } from './sql-file.ts';
import { slotOf } from './start-files.ts';

const everyMs = 500;
const answerMs = 2000;

/** Watches each server that runs, on a connection of its own; acts on whichever is the primary. */
export function supervise(supervision: LocalSupervision): LocalSupervisor {
  const closed = new AbortController();
  for (const server of supervision.servers) void watch(server, supervision, closed.signal);
  return { close: () => closed.abort() };
}

/** Connects again whenever the connection is lost: the server may be away for as long as it likes. Never rejects. */
async function watch(server: LocalServer, supervision: LocalSupervision, signal: AbortSignal): Promise<void> {
  const { clock, runs } = supervision;
  const pause = () => clock.sleep(everyMs, { signal, unref: true });
  while (!signal.aborted) {
    if (runs(server.name))
      await server.use((open) => watchOver(open, server, supervision, pause)).catch(() => undefined);
    await pause().catch(() => undefined);
  }
}

async function watchOver(
  connection: Connection,
  { name }: LocalServer,
  { servers, clock, log }: LocalSupervision,
  pause: () => Promise<void>,
): Promise<void> {
  const standbys = servers.filter((other) => other.name !== name).map((other) => other.name);
  const ask = <T>(work: Promise<T>) => within(work, answerMs, clock);
  let aloneSinceMs: number | null = null;
  for (;;) {
    const seen = await ask(probe(connection, standbys));
    const { change, ...next } =
      seen === null ? { aloneSinceMs: null, change: null } : judgeStandbys(seen, aloneSinceMs, clock.monotonic());
    ({ aloneSinceMs } = next);
    // One that was promoted has none yet, and standbys do not stream without.
    if (seen !== null) for (const standby of standbys) await ask(makeSlot(connection, slotOf(standby)));
    if (change !== null) {
      await ask(waitFor(connection, change === 'LIFT' ? [] : standbys));
      log(
        change === 'LIFT'
          ? `${name}: no standby has answered for ${patienceMs / 1000} s: commits do not wait for one any more`
          : `${name}: commits wait for a standby again`,
      );
    }
    await pause();
  }
}

/** `null` if the server does not lead. */
async function probe(connection: Connection, standbys: readonly string[]): Promise<StandbysSeen | null> {
  const [leads] = rowsOf(await connection.query('SELECT NOT pg_is_in_recovery() AS leads'));
  if (leads?.leads !== true) return null;
  const [row] = rowsOf(
    await connection.query(`SELECT current_setting('synchronous_standby_names') <> '' AS waits,
      (extract(epoch FROM min(clock_timestamp() - reply_time)) * 1000)::float8 AS silent_ms,
      coalesce(bool_or(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn) < 1000000), false) AS caught_up
      FROM pg_stat_replication WHERE state = 'streaming' AND application_name IN (${standbys.map(literal).join(', ')})`),
  );
  const silent = row?.silent_ms;
  return {
    waits: row?.waits === true,
    silentMs: silent === null || silent === undefined ? null : Number(silent),
    caughtUp: row?.caught_up === true,
  };
}
