/**
 * What has changed on the source and may not be in the backup. A row says that a record changed, not how:
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
 * A worker reads the record after the claim, so its read covers every row of the claim, and a row too many is harmless. Only one worker
 * has a record at a time, while its lease lasts; a worker that outlives its lease must find that out when it applies. The ids of one
 * record's rows grow in commit order.
 * Parked rows block nothing: a later row of the record is claimed as if they did not exist.
 */
import type { OnSource } from '../database/nodes/on-source.ts';
import type { OutboxRow } from '../servers/outbox-table.ts';

/** `attempts` counts this claim too. */
export type OutboxEntry = OutboxRow;

export type ClaimRequest = {
  /** Maximum number of records; all their rows are included. */
  readonly limit: number;
  readonly leaseMs: number;
  /** One name per running worker. */
  readonly worker: string;
};

export type OutboxDepth = {
  readonly waiting: number;
  readonly parked: number;
  /** Age of the oldest waiting row; `null` if there is none. */
  readonly oldestAgeMs: number | null;
};

export class Outbox {
  readonly #onSource: OnSource;
  /** The names under which rows were claimed here. */
  readonly #workers = new Set<string>();

  constructor(onSource: OnSource) {
    this.#onSource = onSource;
  }

  /** Ordered by id. */
  async claim(request: ClaimRequest): Promise<readonly OutboxEntry[]> {
    this.#workers.add(request.worker);
    return this.#onSource((connection, { outbox }) => outbox.claim(connection, request));
  }

  async settle(ids: readonly bigint[]): Promise<void> {
    await this.#onSource((connection, { outbox }) => outbox.remove(connection, ids));
  }

  /** Returns a row claimed here, to be claimed again after the delay. */
  async postpone(id: bigint, reason: string, delayMs: number): Promise<void> {
    const workers = [...this.#workers];
    await this.#onSource((connection, { outbox }) => outbox.postpone(connection, id, { workers, reason, delayMs }));
  }

  /** Parks a row claimed here, until it is replayed. */
  async park(id: bigint, reason: string): Promise<void> {
    const workers = [...this.#workers];
    await this.#onSource((connection, { outbox }) => outbox.park(connection, id, { workers, reason }));
  }

  /** Returns the number of rows replayed. */
  replayParked(): Promise<number> {
    return this.#onSource((connection, { outbox }) => outbox.unpark(connection));
  }

  depth(): Promise<OutboxDepth> {
    return this.#onSource((connection, { outbox }) => outbox.depth(connection));
  }
}
