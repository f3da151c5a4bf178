import { withItems } from '../database/orders/order-rows.ts';
import { OrderNotFoundError, VersionConflictError } from './errors.ts';
import { type WriteDependencies, writeOnce } from './idempotency.ts';
import { ChangedOrder } from './order-change.ts';
import type { DeleteOrder } from './order-rules.ts';

/** Returns the id of the deleted order. Throws `OrderNotFoundError`, `VersionConflictError`, `IdempotencyKeyReusedError`, and what the session throws. */
export async function deleteOrder(dependencies: WriteDependencies, command: DeleteOrder): Promise<bigint> {
  const { id, expectedVersion } = command;
  return writeOnce(
    dependencies,
    'deleteOrder',
    command,
    async (tx) => {
      const { count } = await tx.order.deleteMany({ where: { id, version: expectedVersion } });
      if (count === 1) return id;
      const current = await tx.order.findUnique({ where: { id }, include: withItems });
      if (current === null) throw new OrderNotFoundError();
      throw new VersionConflictError(current, expectedVersion);
    },
    { write: (deleted) => deleted.toString(), read: BigInt },
    (deleted) => new ChangedOrder({ kind: 'DELETED', id: deleted, order: null }),
  );
}
