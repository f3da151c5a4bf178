/**
 * Deletes rows of `commit_proofs` whose connections wrote nothing for a day: connections come and go, and once the outcome
 * is known, what they left is not needed.
 */
import { jittered } from '../../platform/backoff.ts';
import type { Clock } from '../../platform/clock.ts';
import type { OnSource, WorkOnServer } from '../nodes/on-source.ts';

const intervalMs = 3_600_000;
const rowsPerRound = 5000;

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
      if (!signal.aborted) await this.#onSource(purged).catch(() => undefined);
    }
  }
}

const purged: WorkOnServer<number> = (connection, { proofs }) => proofs.purge(connection, rowsPerRound);
