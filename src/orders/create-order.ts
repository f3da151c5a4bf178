import { Decimal, isUniqueViolation, type OrderWithItems } from '../database/order-rows.ts';
import type { OrdersTransaction } from '../database/orders-client.ts';
import { InvalidInputError } from './errors.ts';
import { type WriteDependencies, writeOnce } from './idempotency.ts';
import { formatAmount, totalOf } from './money.ts';
import { newOrderNumber, type RandomBytes } from './order-number.ts';
import type { CreateOrder } from './order-rules.ts';
import { readSnapshot, writeSnapshot } from './order-snapshot.ts';

const draws = 5;

/** Throws `InvalidInputError` when the number is taken, `IdempotencyKeyReusedError`, and what the session throws. */
export async function createOrder(
  dependencies: WriteDependencies & { readonly randomBytes: RandomBytes },
  command: CreateOrder,
): Promise<OrderWithItems> {
  const insert = async (tx: OrdersTransaction) => {
    const now = new Date(dependencies.clock.now());
    if (command.number !== null) return insertOrder(tx, command, command.number, now);
    for (let draw = 1; ; draw += 1) {
      try {
        return await insertOrder(tx, command, newOrderNumber(dependencies.randomBytes), now);
      } catch (error) {
        if (!(error instanceof InvalidInputError) || draw === draws) throw error;
      }
    }
  };
  const codec = { write: writeSnapshot, read: readSnapshot };
  const describe = (order: OrderWithItems) => ({ kind: 'CREATED', id: order.id, order }) as const;
  return writeOnce(dependencies, 'createOrder', command, insert, codec, describe);
}

async function insertOrder(
  tx: OrdersTransaction,
  command: CreateOrder,
  number: string,
  now: Date,
): Promise<OrderWithItems> {
  const { userId, currency, charge, processedAt } = command;
  const items = command.items.map((item, index) => ({
    ...item,
    line: index + 1,
    unitPrice: formatAmount(item.unitPrice),
  }));
  try {
    const order = await tx.order.create({
      data: {
        number,
        userId,
        currency,
        total: formatAmount(totalOf(command.items)),
        charge: charge === null ? null : new Decimal(formatAmount(charge)),
        processedAt,
        createdAt: now,
        updatedAt: now,
        items: { createMany: { data: items } },
      },
    });
    return {
      ...order,
      items: items.map((item) => ({ ...item, orderId: order.id, unitPrice: new Decimal(item.unitPrice) })),
    };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError([{ path: ['number'], message: 'is taken by another order' }]);
  }
}
