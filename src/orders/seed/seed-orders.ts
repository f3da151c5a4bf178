import { insertRows, inTransaction, largestValue } from '../../database/mirror/row-batches.ts';
import { TidemarkError } from '../../errors.ts';
import { commandLine } from '../../platform/command-line.ts';
import { openDirectConnection } from '../../servers/direct-connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { mirroredOrder } from '../mirrored-orders.ts';
import { formatAmount } from '../money.ts';
import { itemColumns, orderColumns } from '../order-columns.ts';
import { type BelievableOrder, believableOrders } from './believable-orders.ts';

export type SeedOptions = {
  /** Of the source. `replace` needs an account that may truncate tables. */
  readonly url: string;
  readonly orders: number;
  readonly seed: number;
  readonly until: Date;
  /** What to do with existing orders: `refuse` throws `OrdersPresentError`. */
  readonly existing: 'refuse' | 'append' | 'replace';
  /** Whether to add the orders to the outbox, so that the backup gets them. */
  readonly mirrored: boolean;
  readonly progress: (done: number, of: number) => void;
};

/** The table has orders, and the caller did not say what to do with them. */
export class OrdersPresentError extends TidemarkError {
  readonly code = 'ORDERS_PRESENT';
  readonly retryable = false;

  constructor() {
    super('The table already has orders. Add to them with --append, or delete them all first with --replace');
  }
}

/** The tables have not been created yet. */
export class TablesMissingError extends TidemarkError {
  readonly code = 'TABLES_MISSING';
  readonly retryable = false;

  constructor() {
    super(`The database has no orders table. Create it with: ${commandLine('migrate')}`);
  }
}

const batch = 500;
/** Time limit of truncating the tables. */
const emptyingMs = 600_000;

/** Writes sample orders in batches, one transaction each. Returns the number of orders. Also throws `DatabaseUnreachableError`, `TablesMissingError`. */
export async function seedOrders(options: SeedOptions): Promise<number> {
  const connection = await openDirectConnection(options.url);
  try {
    const { outbox, tables } = flavourOf(connection);
    let lastId = await largestValue(connection, 'orders', 'id');
    if (lastId === null) throw new TablesMissingError();
    if (lastId > 0 && options.existing === 'refuse') throw new OrdersPresentError();
    if (options.existing === 'replace') {
      // TRUNCATE is not transactional: outbox records are written first, and processed when the orders are gone.
      if (options.mirrored) await outbox.appendAll(connection, mirroredOrder, emptyingMs);
      await tables.empty(connection, ['order_items', 'orders', 'idempotency_keys']);
      if (options.mirrored) await outbox.makeDue(connection);
      lastId = 0;
    }
    let done = 0;
    for (const orders of batches(believableOrders({ ...options, firstId: lastId + 1 }))) {
      await inTransaction(connection, async () => {
        await insertRows(connection, 'orders', orderColumns, orders.map(orderRow));
        await insertRows(connection, 'order_items', itemColumns, orders.flatMap(itemRows));
        if (options.mirrored) await outbox.append(connection, orders.map(recordOf));
      });
      done += orders.length;
      options.progress(done, options.orders);
    }
    await tables.loaded(connection, ['orders', 'order_items']);
    return done;
  } finally {
    await connection.end();
  }
}

function* batches(orders: Iterable<BelievableOrder>): Generator<BelievableOrder[]> {
  let current: BelievableOrder[] = [];
  for (const order of orders) {
    current.push(order);
    if (current.length < batch) continue;
    yield current;
    current = [];
  }
  if (current.length > 0) yield current;
}

function recordOf({ id }: BelievableOrder) {
  return { model: mirroredOrder.model, recordKey: String(id) };
}

function orderRow(order: BelievableOrder) {
  const { id, number, userId, status, total, currency, charge, processedAt, version, createdAt, updatedAt } = order;
  const charged = charge === null ? null : formatAmount(charge);
  return [
    id,
    number,
    userId,
    status,
    formatAmount(total),
    currency,
    charged,
    processedAt,
    version,
    createdAt,
    updatedAt,
  ];
}

function itemRows({ id, items }: BelievableOrder) {
  return items.map(({ sku, name, quantity, unitPrice }, index) => [
    id,
    index + 1,
    sku,
    name,
    quantity,
    formatAmount(unitPrice),
  ]);
}
