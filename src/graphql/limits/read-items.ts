import { TidemarkError } from '../../errors.ts';
import { maxItems } from '../../orders/order-rules.ts';
import { maxPageSize } from '../../orders/page-request.ts';

/** One page of the longest orders can always be read. */
const maxReadItems = maxPageSize * maxItems;

/** Refuses operations that read many orders with many items. What was read before is answered. */
export class TooManyItemsError extends TidemarkError {
  readonly code = 'QUERY_TOO_COMPLEX';
  readonly retryable = false;

  constructor() {
    super(`The operation has read ${maxReadItems} items of orders, which is the limit: ask for fewer orders.`);
  }
}

type Read = { count: number; last: Promise<unknown> };
type Order = { readonly items?: readonly unknown[] };

/** By the context of the operation. */
const reads = new WeakMap<object, Read>();

const typicalItems = 4;

/** The number of typical orders that an order counts as, by its number of items. */
export function weightOfOrder(order: object | null): number {
  return Math.max(1, ((order as Order | null)?.items?.length ?? 0) / typicalItems);
}

/** Reads orders with their items. The lists of one operation are read one after the other, up to the limit. */
export function readWithItems<Found>(
  operation: object,
  read: () => Promise<Found>,
  ordersOf: (found: Found) => Iterable<object>,
): Promise<Found> {
  const before = reads.get(operation) ?? { count: 0, last: Promise.resolve() };
  reads.set(operation, before);
  const next = async () => {
    if (before.count >= maxReadItems) throw new TooManyItemsError();
    const found = await read();
    for (const order of ordersOf(found)) before.count += (order as Order).items?.length ?? 0;
    return found;
  };
  const reading = before.last.then(next, next);
  before.last = reading;
  return reading;
}
