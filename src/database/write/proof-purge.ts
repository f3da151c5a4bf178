/**
 * Rows of `commit_proofs` whose connections wrote nothing for a day are cleared away: connections come and go, and nobody asks
 * for what they left once its outcome is known. Locks no row that somebody may be writing.
 */
import { jittered } from '../../platform/backoff.ts';
import type { Clock } from '../../platform/clock.ts';
import type { OnSource, SqlConnection } from '../mirroring/outbox-table.ts';

const intervalMs = 3_600_000;
const rowsPerRound = 5000;
const isOld = 'written_at < UTC_TIMESTAMP() - INTERVAL 1 DAY';

/** Answers how many went. */
export async function purgeProofs(connection: SqlConnection, limit = rowsPerRound): Promise<number> {
  const rows: { writer: unknown }[] = await connection.query(
    `SELECT writer FROM commit_proofs WHERE ${isOld} LIMIT ?`,
    [limit],
  );
  if (rows.length === 0) return 0;
  const writers = rows.map(({ writer }) => writer);
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `DELETE FROM commit_proofs WHERE writer IN (?) AND ${isOld}`,
    [writers],
  );
  return Number(affectedRows);
}

export class ProofPurge {
  readonly #stop = new AbortController();
  readonly #onSource: OnSource;
  readonly #clock: Clock;
  readonly #random: () => number;
  #running: Promise<void> | null = null;

  constructor(onSource: OnSource, clock: Clock, random: () => number) {
    this.#onSource = onSource;
    this.#clock = clock;
    this.#random = random;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#clock.sleep(jittered(intervalMs, this.#random), { signal, unref: true }).catch(() => undefined);
      // Without the table, or a source, there is nothing to clear away.
      if (!signal.aborted) await this.#onSource((connection) => purgeProofs(connection)).catch(() => undefined);
    }
  }
}
