/**
 * What has changed on the source and is not known to be in the backup. A row says that a record changed, not how:
 *
 *            append (with the change)
 *                  │
 *                  ▼            lease ran out
 *               WAITING ◀───────────────────────┐
 *                │   ▲ postpone, delay over     │
 *          claim │   └──────────────────────────┤
 *                ▼                              │
 *             CLAIMED ──settle──▶ (gone)        │
 *                │                              │
 *                └──park──▶ PARKED ──replay─────┘
 *
 * Whoever claims reads the record after the claim, so its read covers every row that the claim brought, and a row too many
 * is harmless. Only one worker has a record at a time, as long as its lease lasts; a worker that outlives its lease must find
 * that out by itself where it applies. The ids of one record's rows grow in the order of the commits.
 * Parked rows hold up nobody: a later row of the record is claimed as if they were not there.
 */
import {
  claimRows,
  deleteRows,
  type OnSource,
  type OutboxRow,
  parkRow,
  postponeRow,
  readDepth,
  unparkRows,
} from '../database/mirroring/outbox-table.ts';

/** `attempts` counts this claim too. */
export type OutboxEntry = OutboxRow;

export type ClaimRequest = {
  /** How many records at most; all their rows come along. */
  readonly limit: number;
  readonly leaseMs: number;
  /** One name per running worker. */
  readonly worker: string;
};

export type OutboxDepth = {
  readonly waiting: number;
  readonly parked: number;
  /** Of what waits; `null` when nothing does. */
  readonly oldestAgeMs: number | null;
};

export class Outbox {
  readonly #onSource: OnSource;
  /** The names under which rows were claimed here. */
  readonly #workers = new Set<string>();

  constructor(onSource: OnSource) {
    this.#onSource = onSource;
  }

  /** In the order of ids. */
  async claim(request: ClaimRequest): Promise<readonly OutboxEntry[]> {
    this.#workers.add(request.worker);
    return this.#onSource((connection) => claimRows(connection, request));
  }

  async settle(ids: readonly bigint[]): Promise<void> {
    await this.#onSource((connection) => deleteRows(connection, ids));
  }

  /** Gives a row that was claimed here back, to be claimed again after the delay. */
  async postpone(id: bigint, reason: string, delayMs: number): Promise<void> {
    const workers = [...this.#workers];
    await this.#onSource((connection) => postponeRow(connection, id, { workers, reason, delayMs }));
  }

  /** Gives a row that was claimed here up, until somebody asks for it. */
  async park(id: bigint, reason: string): Promise<void> {
    const workers = [...this.#workers];
    await this.#onSource((connection) => parkRow(connection, id, { workers, reason }));
  }

  /** How many rows wait again. */
  replayParked(): Promise<number> {
    return this.#onSource(unparkRows);
  }

  depth(): Promise<OutboxDepth> {
    return this.#onSource(readDepth);
  }
}
