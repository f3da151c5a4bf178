import { TidemarkError } from '../../errors.ts';
import { maxItems } from '../../orders/order-rules.ts';
import { maxPageSize } from '../../orders/page-request.ts';

/** A page of the longest orders may always be read. */
const mostItems = maxPageSize * maxItems;

/** An operation asks for many orders that have many items. What was read is answered. */
export class TooManyItemsError extends TidemarkError {
  readonly code = 'QUERY_TOO_COMPLEX';
  readonly retryable = false;

  constructor() {
    super(`The operation has read ${mostItems} items of orders already, and may read no more: ask for fewer orders.`);
  }
}

type Read = { count: number; last: Promise<unknown> };
type Order = { readonly items?: readonly unknown[] };

/** By the context of the operation. */
const reads = new WeakMap<object, Read>();

const usualItems = 4;

/** How many usual orders an order counts for, by the items that were read with it. */
export function weightOfOrder(order: object | null): number {
  return Math.max(1, ((order as Order | null)?.items?.length ?? 0) / usualItems);
}

/** Reads orders with their items. Those of one operation are read one list after the other, until they are too many. */
export function readWithItems<Found>(
  operation: object,
  read: () => Promise<Found>,
  ordersOf: (found: Found) => Iterable<object>,
): Promise<Found> {
  const before = reads.get(operation) ?? { count: 0, last: Promise.resolve() };
  reads.set(operation, before);
  const next = async () => {
    if (before.count >= mostItems) throw new TooManyItemsError();
    const found = await read();
    for (const order of ordersOf(found)) before.count += (order as Order).items?.length ?? 0;
    return found;
  };
  const reading = before.last.then(next, next);
  before.last = reading;
  return reading;
}
