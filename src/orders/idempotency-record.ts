import type { Position } from '../consistency/position.ts';
import { isUniqueViolation } from '../database/orders/order-rows.ts';
import type { OrdersTransaction } from '../database/orders/orders-client.ts';
import { positions } from '../servers/known-flavours.ts';

export type KeyedOperation = 'createOrder' | 'updateOrder' | 'deleteOrder';
/** Keys of different operations never collide. */
export type RecordId = { readonly operation: KeyedOperation; readonly key: string };

/**
 * `position` is `null` if only the source is certain to have the write. It is of the database that holds the record: what the caller
 * has seen of others comes with each call.
 */
type Committed = { readonly position: Position | null; readonly issuedAtMs: number };

export type IdempotencyRecord = {
  readonly inputHash: string;
  readonly result: string;
  /** By the clock of the process that claimed the key. */
  readonly createdAt: Date;
  /** Position of the write; `null` until it has been recorded. */
  readonly committed: Committed | null;
};

/** False if the key is taken. Waits for a running transaction that has claimed it. */
export async function claimKey(
  tx: OrdersTransaction,
  id: RecordId,
  inputHash: string,
  createdAt: Date,
): Promise<boolean> {
  try {
    // Not INSERT IGNORE: it would truncate values that are too long, and two keys would become one.
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

/** Stands for a position if the server reports none. */
const onlyOnSource = 'none';

/** The first recorded position stays. */
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

/** `null` sends the client to the source; also returned for positions of server kinds that this release does not know. */
export function readPosition(text: string): Position | null {
  if (text === onlyOnSource) return null;
  try {
    return positions.readText(text);
  } catch {
    return null;
  }
}
