import { type OrderWithItems, withItems } from '../database/orders/order-rows.ts';
import type { OrdersTransaction } from '../database/orders/orders-client.ts';
import { InvalidStatusTransitionError, OrderNotFoundError, VersionConflictError } from './errors.ts';
import { type WriteDependencies, writeOnce } from './idempotency.ts';
import { formatAmount } from './money.ts';
import { ChangedOrder } from './order-change.ts';
import type { UpdateOrder } from './order-rules.ts';
import { readSnapshot, writeSnapshot } from './order-snapshot.ts';
import { allowedFrom, statusesBefore } from './order-status.ts';

/**
 * Throws `OrderNotFoundError`, `VersionConflictError`, `InvalidStatusTransitionError`, `IdempotencyKeyReusedError`, and what the
 * session throws.
 */
export async function updateOrder(dependencies: WriteDependencies, command: UpdateOrder): Promise<OrderWithItems> {
  const now = new Date(dependencies.clock.now());
  const codec = { write: writeSnapshot, read: readSnapshot };
  const describe = (order: OrderWithItems) => new ChangedOrder({ kind: 'UPDATED', id: order.id, order });
  return writeOnce(dependencies, 'updateOrder', command, (tx) => changeOrder(tx, command, now), codec, describe);
}

/** The statement itself checks version and status, so of two concurrent updates only one finds its row. */
async function changeOrder(tx: OrdersTransaction, command: UpdateOrder, now: Date): Promise<OrderWithItems> {
  const { id, expectedVersion, charge, processedAt } = command;
  const status = command.status ?? undefined;
  const { count } = await tx.order.updateMany({
    where: { id, version: expectedVersion, ...(status && { status: { in: statusesBefore(status) } }) },
    data: {
      ...(status && { status }),
      ...(charge !== undefined && { charge: charge === null ? null : formatAmount(charge) }),
      ...(processedAt !== undefined && { processedAt }),
      version: { increment: 1 },
      updatedAt: now,
    },
  });
  // The transaction's first read: it sees what the statement saw.
  const order = await tx.order.findUnique({ where: { id }, include: withItems });
  if (order === null) throw new OrderNotFoundError();
  if (count === 1) return order;
  if (order.version !== expectedVersion || status === undefined) throw new VersionConflictError(order, expectedVersion);
  throw new InvalidStatusTransitionError({ from: order.status, to: status, allowed: allowedFrom(order.status) });
}
