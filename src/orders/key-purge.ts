/**
 * Purges idempotency keys once no client may repeat their calls any more: in small batches, so that writes do not wait and replicas do
 * not lag, and by one process at a time. A purge that fails is retried later.
 */

import type { OnSource } from '../database/nodes/on-source.ts';
import { purgeKeys } from '../database/orders/idempotency-purge.ts';
import { jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';

export type KeyPurgeOptions = {
  readonly onSource: OnSource;
  /** Keys older than this may be purged, in milliseconds. */
  readonly keepMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly recordsPerBatch?: number;
  /** Pauses between two batches of one round, and between rounds, in milliseconds. */
  readonly spacingMs?: number;
  readonly intervalMs?: number;
};

const usual = { recordsPerBatch: 500, spacingMs: 200, intervalMs: 600_000 } as const;
const batchesPerRound = 200;

export class KeyPurge {
  readonly #options: Required<KeyPurgeOptions>;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: KeyPurgeOptions) {
    this.#options = { ...usual, ...options };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Returns the number of purged keys. Throws what the database throws. */
  async round(): Promise<number> {
    const { onSource, keepMs, clock, recordsPerBatch: limit, spacingMs } = this.#options;
    const before = new Date(clock.now() - keepMs);
    let purged = 0;
    for (let batch = 0; batch < batchesPerRound && !this.#stop.signal.aborted; batch += 1) {
      const count = await onSource((connection, flavour) => purgeKeys(connection, flavour, { before, limit }));
      purged += count ?? 0;
      if (count === null || count < limit) break;
      await this.#pause(spacingMs);
    }
    return purged;
  }

  async #run(): Promise<void> {
    const { intervalMs, random, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      // All processes of a deployment start together, and the purge is not urgent.
      await this.#pause(jittered(intervalMs, random));
      if (this.#stop.signal.aborted) return;
      try {
        const purged = await this.round();
        if (purged > 0) log.info({ purged }, 'purged old idempotency keys');
      } catch (error) {
        log.debug({ err: error }, 'could not purge idempotency keys; will retry');
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, { signal: this.#stop.signal, unref: true }).catch(() => undefined);
  }
}
