/**
 * One key, one write, one answer. The record is part of the order's own transaction and is claimed first, so that other
 * calls with the key wait for it on the unique key:
 *
 *   FREE ──claim──▶ CLAIMED ──work fails──▶ FREE           a refusal is not recorded
 *                      │
 *                      └────commit────▶ DONE ──record position──▶ SETTLED
 *
 * A position exists only after the commit, so a record is DONE before it is SETTLED, and stays DONE if the process dies in
 * between. A replay waits for the position for as long as the first call may still be about to record it. Then it commits a small
 * write of its own to the record, whose position includes the first write, and settles the record with that. It never answers
 * without a position that includes the write: a client without one could read a state without its own order.
 */

import type { OrdersSession, OrdersTransaction } from '../database/orders/orders-client.ts';
import type { Work } from '../database/session/database-session.ts';
import type { Clock } from '../platform/clock.ts';
import { ValueRefusedError } from '../servers/refused-value.ts';
import { IdempotencyKeyReusedError, ReplayUnsettledError } from './errors.ts';
import {
  claimKey,
  type IdempotencyRecord,
  type KeyedOperation,
  notePosition,
  type RecordId,
  readRecord,
  recordResult,
  touchUnsettled,
} from './idempotency-record.ts';
import { hashInput } from './input-hash.ts';
import type { ChangedOrder } from './order-change.ts';
import { refusedInput } from './refused-input.ts';

export type WriteDependencies = {
  readonly session: OrdersSession;
  readonly clock: Clock;
};

/** How the answer is serialised. */
export type AnswerCodec<T> = { readonly write: (answer: T) => string; readonly read: (text: string) => T };
/** The change that an answer stands for. */
export type DescribeChange<T> = (answer: T) => ChangedOrder;

/** The first caller of a record older than this without a position has died. */
const noteWaitMs = 2000;
const firstPollMs = 5;
const slowestPollMs = 160;

/**
 * Runs `work` in one write transaction, once per key. Throws `IdempotencyKeyReusedError`, `InvalidInputError` for values that the
 * database cannot store, and what `work` throws.
 */
export async function writeOnce<T>(...given: Parameters<typeof writeOrRefuse<T>>): Promise<T> {
  try {
    return await writeOrRefuse(...given);
  } catch (error) {
    throw error instanceof ValueRefusedError ? refusedInput(error) : error;
  }
}

async function writeOrRefuse<T>(
  dependencies: WriteDependencies,
  operation: KeyedOperation,
  command: { readonly idempotencyKey: string | null },
  work: Work<OrdersTransaction, T>,
  codec: AnswerCodec<T>,
  describe: DescribeChange<T>,
): Promise<T> {
  const { session, clock } = dependencies;
  if (command.idempotencyKey === null) return (await session.write(work, describe)).value;
  const id: RecordId = { operation, key: command.idempotencyKey };
  const inputHash = hashInput(command);
  try {
    const keyed: Work<OrdersTransaction, T> = async (tx, own) => {
      if (!(await claimKey(tx, id, inputHash, new Date(clock.now())))) throw new KeyTakenSignal();
      const answer = await work(tx, own);
      await recordResult(tx, id, codec.write(answer));
      return answer;
    };
    const { value, position, onlyOnSource, issuedAtMs } = await session.write(keyed, describe);
    if (position !== null || onlyOnSource) {
      // The write is committed: if recording its position fails, the first replay does it.
      await session.annotate((tx) => notePosition(tx, id, position, issuedAtMs)).catch(() => undefined);
    }
    return value;
  } catch (error) {
    if (!(error instanceof KeyTakenSignal)) throw error;
    const record = await session.annotate((tx) => readRecord(tx, id));
    // The key was taken, but the record was purged before it could be read.
    if (record === null) throw new ReplayUnsettledError();
    if (record.inputHash !== inputHash) throw new IdempotencyKeyReusedError();
    const { position, issuedAtMs } = record.committed ?? (await settle(dependencies, id, record.createdAt));
    if (position === null) session.requireSource();
    else session.adopt(position, issuedAtMs);
    return codec.read(record.result);
  }
}

/** Ends the transaction that found its key taken: some servers answer nothing more in one with a failed statement. */
class KeyTakenSignal extends Error {
  constructor() {
    super('the idempotency key is taken');
  }
}

type Settled = NonNullable<IdempotencyRecord['committed']>;

async function settle({ session, clock }: WriteDependencies, id: RecordId, claimedAt: Date): Promise<Settled> {
  // Reads on the source that must not advance the session: the record's position is the one to return.
  const noted = async () => (await session.annotate((tx) => readRecord(tx, id)))?.committed ?? null;
  const ageMs = Math.max(0, clock.now() - claimedAt.getTime());
  const givenUpMs = clock.monotonic() + noteWaitMs - ageMs;
  for (let pollMs = firstPollMs; clock.monotonic() < givenUpMs; pollMs = Math.min(pollMs * 2, slowestPollMs)) {
    await clock.sleep(pollMs);
    const committed = await noted();
    if (committed !== null) return committed;
  }
  const touch = await session.write((tx) => touchUnsettled(tx, id));
  const { position, onlyOnSource, issuedAtMs } = touch;
  const isKnown = touch.value && (position !== null || onlyOnSource);
  if (isKnown) {
    await session.annotate((tx) => notePosition(tx, id, position, issuedAtMs)).catch(() => undefined);
  }
  const committed = await noted().catch(() => null);
  if (committed !== null) return committed;
  if (!isKnown) throw new ReplayUnsettledError();
  return { position, issuedAtMs };
}
