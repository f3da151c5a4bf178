import type { OwnStatements } from '../database/clients/own-statements.ts';
import { Decimal, isUniqueViolation, type OrderWithItems } from '../database/orders/order-rows.ts';
import type { OrdersTransaction } from '../database/orders/orders-client.ts';
import { InvalidInputError } from './errors.ts';
import { type WriteDependencies, writeOnce } from './idempotency.ts';
import { formatAmount, totalOf } from './money.ts';
import { ChangedOrder } from './order-change.ts';
import { newOrderNumber, type RandomBytes } from './order-number.ts';
import type { CreateOrder } from './order-rules.ts';
import { readSnapshot, writeSnapshot } from './order-snapshot.ts';
import { insertItems, insertOrder, type NewOrder, selectOrder } from './order-statements.ts';

const draws = 5;

/** Throws `InvalidInputError` if the number is taken, `IdempotencyKeyReusedError`, and what the session throws. */
export async function createOrder(
  dependencies: WriteDependencies & { readonly randomBytes: RandomBytes },
  command: CreateOrder,
): Promise<OrderWithItems> {
  const insert = async (_: OrdersTransaction, own: OwnStatements) => {
    const now = new Date(dependencies.clock.now());
    if (command.number !== null) return placeOrder(own, command, command.number, now);
    for (let draw = 1; ; draw += 1) {
      try {
        return await placeOrder(own, command, newOrderNumber(dependencies.randomBytes), now);
      } catch (error) {
        if (!(error instanceof InvalidInputError) || draw === draws) throw error;
      }
    }
  };
  const codec = { write: writeSnapshot, read: readSnapshot };
  const describe = (order: OrderWithItems) => new ChangedOrder({ kind: 'CREATED', id: order.id, order });
  return writeOnce(dependencies, 'createOrder', command, insert, codec, describe);
}

async function placeOrder(
  own: OwnStatements,
  { userId, currency, charge, processedAt, items: given }: CreateOrder,
  number: string,
  createdAt: Date,
): Promise<OrderWithItems> {
  const items = given.map((item, index) => ({ ...item, line: index + 1, unitPrice: formatAmount(item.unitPrice) }));
  const amounts = { total: formatAmount(totalOf(given)), charge: charge === null ? null : formatAmount(charge) };
  const order = { number, userId, currency, ...amounts, processedAt, createdAt };
  const id = await insertedId(own, order);
  await own.run(insertItems(id, items));
  const [placed] = await own.rows(selectOrder({ id }));
  if (placed === undefined) throw new Error('The order was inserted but cannot be read');
  return {
    ...placed,
    items: items.map((item) => ({ ...item, orderId: id, unitPrice: new Decimal(item.unitPrice) })),
  };
}

async function insertedId(own: OwnStatements, order: NewOrder): Promise<bigint> {
  try {
    return (await own.run(insertOrder(order))).insertId;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError([{ path: ['number'], message: 'is taken by another order' }]);
  }
}
