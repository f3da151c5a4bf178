/**
 * The schema at start:
 *
 *   the server answers              migrated before requests are served; a failure ends the start
 *   the server refuses the account  a fault of the variable that names it
 *   the server is down, or          logged, and requests are served as far as other servers can; migrated once it is back
 *   does not accept writes yet      and writable
 *
 * A server that is down or hangs must not keep replicas from serving, nor delay the start for longer than a probe does.
 */
import { ConfigError } from '../config/config-fault.ts';
import { type MigrateOptions, migrate } from '../database/migrations/migrate.ts';
import { type BackoffOptions, backoffMs } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Part } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/log.ts';
import { DatabaseUnreachableError } from '../servers/direct-connection.ts';
import { faultOf } from '../servers/faults.ts';

export type MigrateAtStartOptions = {
  readonly url: string;
  readonly directory: MigrateOptions['directory'];
  /** How long the start waits for a server that does not answer, in milliseconds. */
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

const backoff: BackoffOptions = { firstMs: 500, factor: 1.5, maxMs: 5000 };

/** Returns what is left to do while the process runs, `null` if nothing is. */
export async function migrateAtStart(options: MigrateAtStartOptions): Promise<Part | null> {
  try {
    await bringUpToDate(options, options.patienceMs);
    return null;
  } catch (error) {
    if (!mayPass(error)) {
      if (!(error instanceof DatabaseUnreachableError)) throw error;
      throw new ConfigError([{ name: 'MIGRATION_URL', fault: error.message }]);
    }
    const trouble = error instanceof DatabaseUnreachableError ? error.message : 'the server does not accept writes';
    options.log.warn(`MIGRATION_URL: ${trouble}. Starting without it; the schema is migrated once it does`);
    return migrateLater(options);
  }
}

function migrateLater(options: MigrateAtStartOptions): Part {
  const ending = new AbortController();
  let trying: Promise<void> = Promise.resolve();
  return {
    name: 'migrations',
    start: () => {
      trying = keepTrying(options, ending.signal);
    },
    stop: () => {
      ending.abort();
      return trying;
    },
    stopWithinMs: 10_000,
  };
}

/** Never rejects: replicas are served whatever happens to the schema. */
async function keepTrying(options: MigrateAtStartOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = options;
  for (let attempt = 0; ; attempt += 1) {
    await clock.sleep(backoffMs(attempt, backoff, random), { signal, unref: true }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      return await bringUpToDate(options);
    } catch (error) {
      if (mayPass(error)) continue;
      log.error({ err: error }, 'could not migrate the schema; restart once this is fixed');
      return;
    }
  }
}

/** A source that comes back refuses writes until it is certain that no other server accepts them. */
function mayPass(error: unknown): boolean {
  return error instanceof DatabaseUnreachableError ? error.absent : faultOf(error) === 'READ_ONLY';
}

async function bringUpToDate({ url, directory, log }: MigrateAtStartOptions, connectTimeoutMs?: number): Promise<void> {
  const timeout = connectTimeoutMs === undefined ? {} : { connectTimeoutMs };
  const { applied } = await migrate({ url, directory, log: (line) => log.info(line), ...timeout });
  log.info({ applied: applied.length }, 'the schema is up to date');
}
