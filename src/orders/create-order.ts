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
  const codec = { write: writeSnapshot, read: readSnapshot };
  const describe = (order: OrderWithItems) => new ChangedOrder({ kind: 'CREATED', id: order.id, order });
  const placed = (number: string) => {
    const place = (_: OrdersTransaction, own: OwnStatements) =>
      placeOrder(own, command, number, new Date(dependencies.clock.now()));
    return writeOnce(dependencies, 'createOrder', command, place, codec, describe);
  };
  // Each drawn number has a transaction of its own: some servers end one with the insertion that failed.
  for (let draw = 1; ; draw += 1) {
    try {
      return await placed(command.number ?? newOrderNumber(dependencies.randomBytes));
    } catch (error) {
      if (!(error instanceof NumberTakenSignal)) throw error;
      if (command.number === null && draw < draws) continue;
      throw new InvalidInputError([{ path: ['number'], message: 'is taken by another order' }]);
    }
  }
}

class NumberTakenSignal extends Error {
  constructor() {
    super('the number is taken by another order');
  }
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
    throw new NumberTakenSignal();
  }
}
