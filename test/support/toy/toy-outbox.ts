/** The outbox of a server in memory: a list. What a transaction appends is in it once that is committed. */
import { systemClock } from '../../../src/platform/clock.ts';
import type { ChangedRecord, OutboxRow, OutboxTable } from '../../../src/servers/outbox-table.ts';
import type { ToyConnection } from './toy-driver.ts';
import type { ToySession } from './toy-server.ts';

type Kept = ChangedRecord & {
  readonly id: bigint;
  readonly createdAtMs: number;
  attempts: number;
  dueAtMs: number;
  claimedBy: string | null;
  parked: boolean;
};

export class ToyOutboxRows {
  #rows: Kept[] = [];
  #last = 0n;

  add(record: ChangedRecord, delayMs: number): void {
    this.#last += 1n;
    const nowMs = systemClock.now();
    const dueAtMs = nowMs + delayMs;
    this.#rows.push({
      ...record,
      id: this.#last,
      createdAtMs: nowMs,
      attempts: 0,
      dueAtMs,
      claimedBy: null,
      parked: false,
    });
  }

  makeDue(): void {
    for (const row of this.#rows) if (row.claimedBy === null && row.attempts === 0) row.dueAtMs = systemClock.now();
  }

  claim({ limit, leaseMs, worker }: Parameters<OutboxTable['claim']>[1]): OutboxRow[] {
    const nowMs = systemClock.now();
    const waiting = this.#rows.filter(({ parked }) => !parked);
    const nameOf = ({ model, recordKey }: ChangedRecord) => JSON.stringify([model, recordKey]);
    const oldest = new Map(waiting.toReversed().map((row) => [nameOf(row), row]));
    const due = waiting.filter((row) => oldest.get(nameOf(row)) === row && row.dueAtMs <= nowMs);
    const records = new Set(due.slice(0, limit).map(nameOf));
    const claimed = waiting.filter((row) => records.has(nameOf(row)));
    for (const row of claimed) {
      row.attempts += 1;
      row.claimedBy = worker;
      row.dueAtMs = nowMs + leaseMs;
    }
    return claimed.map(({ id, model, recordKey, attempts, createdAtMs }) => ({
      id,
      model,
      recordKey,
      attempts,
      createdAtMs,
    }));
  }

  remove(ids: readonly bigint[]): void {
    this.#rows = this.#rows.filter(({ id }) => !ids.includes(id));
  }

  release(id: bigint, workers: readonly string[], change: (row: Kept) => void): void {
    const row = this.#rows.find((one) => one.id === id && workers.includes(one.claimedBy ?? ''));
    if (row === undefined) return;
    row.claimedBy = null;
    change(row);
  }

  unpark(): number {
    const parked = this.#rows.filter((row) => row.parked);
    for (const row of parked) Object.assign(row, { parked: false, attempts: 0, dueAtMs: systemClock.now() });
    return parked.length;
  }

  depth() {
    const waiting = this.#rows.filter(({ parked }) => !parked);
    const [oldest] = waiting;
    const oldestAgeMs = oldest === undefined ? null : systemClock.now() - oldest.createdAtMs;
    return { waiting: waiting.length, parked: this.#rows.length - waiting.length, oldestAgeMs };
  }
}

const ask = <T>(connection: object, answer: (session: ToySession) => T): Promise<T> =>
  (connection as ToyConnection).ask(answer);
const rowsOf = <T>(connection: object, answer: (rows: ToyOutboxRows) => T): Promise<T> =>
  ask(connection, ({ server }) => answer(server.outbox));

export const toyOutbox: OutboxTable = {
  append: (connection, records) =>
    ask(connection, (session) => {
      for (const record of records) session.change({ kind: 'changed', record });
    }),
  // A row of this server is a record by its name.
  appendAll: (connection, { model }, delayMs) =>
    ask(connection, ({ server }) => {
      for (const recordKey of server.rowNames) server.outbox.add({ model, recordKey }, delayMs);
    }),
  makeDue: (connection) => rowsOf(connection, (rows) => rows.makeDue()),
  claim: (connection, request) => rowsOf(connection, (rows) => rows.claim(request)),
  remove: (connection, ids) => rowsOf(connection, (rows) => rows.remove(ids)),
  postpone: (connection, id, { workers, delayMs }) =>
    rowsOf(connection, (rows) =>
      rows.release(id, workers, (row) => {
        row.dueAtMs = systemClock.now() + delayMs;
      }),
    ),
  park: (connection, id, { workers }) =>
    rowsOf(connection, (rows) =>
      rows.release(id, workers, (row) => {
        row.parked = true;
      }),
    ),
  unpark: (connection) => rowsOf(connection, (rows) => rows.unpark()),
  depth: (connection) => rowsOf(connection, (rows) => rows.depth()),
};
