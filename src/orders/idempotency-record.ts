import type { Position } from '../consistency/position.ts';
import { isUniqueViolation } from '../database/orders/order-rows.ts';
import type { OrdersTransaction } from '../database/orders/orders-client.ts';
import { positions } from '../servers/known-flavours.ts';

export type KeyedOperation = 'createOrder' | 'updateOrder' | 'deleteOrder';
/** Keys of different operations never meet. */
export type RecordId = { readonly operation: KeyedOperation; readonly key: string };

/**
 * `position` is `null` when only the source surely has the write. It is of the database that holds the record: what the caller
 * had seen of others it brings along with each call.
 */
type Committed = { readonly position: Position | null; readonly issuedAtMs: number };

export type IdempotencyRecord = {
  readonly inputHash: string;
  readonly result: string;
  /** By the clock of the process that claimed the key. */
  readonly createdAt: Date;
  /** Where in the history the write stands; `null` while nobody has noted it. */
  readonly committed: Committed | null;
};

/** False when the key is taken. Waits for a transaction that has claimed it and is not over yet. */
export async function claimKey(
  tx: OrdersTransaction,
  id: RecordId,
  inputHash: string,
  createdAt: Date,
): Promise<boolean> {
  try {
    // Not one that skips duplicates: that would cut off what the table cannot hold, and two keys would be one.
    await tx.idempotencyKey.createMany({ data: [{ ...id, inputHash, result: '', createdAt }] });
    return true;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return false;
  }
}

export async function recordResult(tx: OrdersTransaction, id: RecordId, result: string): Promise<void> {
  await tx.idempotencyKey.updateMany({ where: id, data: { result } });
}

/** Stands for a position where the server gives none. */
const onlyOnSource = 'none';

/** The first position that is noted stays. */
export async function notePosition(
  tx: OrdersTransaction,
  id: RecordId,
  position: Position | null,
  issuedAtMs: number,
): Promise<void> {
  await tx.idempotencyKey.updateMany({
    where: { ...id, position: null },
    data: { position: position === null ? onlyOnSource : positions.writeText(position), issuedAtMs },
  });
}

/** Writes to the record while it has no position, so that this transaction's own position includes the recorded write. */
export async function touchUnsettled(tx: OrdersTransaction, id: RecordId): Promise<boolean> {
  const { count } = await tx.idempotencyKey.updateMany({
    where: { ...id, position: null },
    data: { positionAttempts: { increment: 1 } },
  });
  return count === 1;
}

export async function readRecord(tx: OrdersTransaction, id: RecordId): Promise<IdempotencyRecord | null> {
  const row = await tx.idempotencyKey.findUnique({ where: { operation_key: id } });
  if (row === null) return null;
  const { inputHash, result, createdAt, position, issuedAtMs } = row;
  if (position === null || issuedAtMs === null) return { inputHash, result, createdAt, committed: null };
  return {
    inputHash,
    result,
    createdAt,
    committed: { position: readPosition(position), issuedAtMs: Number(issuedAtMs) },
  };
}

/** `null` sends the client to the source: also for what a release with other kinds of servers has noted. */
export function readPosition(text: string): Position | null {
  if (text === onlyOnSource) return null;
  try {
    return positions.readText(text);
  } catch {
    return null;
  }
}
