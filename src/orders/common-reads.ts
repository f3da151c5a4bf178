/**
 * Which reads are common enough to be cached for other clients, and their names: first pages of ordinary sizes, and counts, with the
 * filters that have few values. A read with a number, user, time or amount is too specific.
 */
import type { ListOrders } from './list-orders.ts';
import { isCommon, type OrderFilter } from './order-filter.ts';
import type { OrderSort } from './order-sort.ts';

export type CommonRead = { readonly name: string } & (
  | { readonly kind: 'page'; readonly list: ListOrders; readonly withItems: boolean }
  | { readonly kind: 'count'; readonly filter: OrderFilter }
);

const commonSizes: ReadonlySet<number> = new Set([5, 10, 20, 25, 50, 100]);

/** Name of the read, `null` if it is not common. `withItems`: whether the orders come with their items. */
export function pageName({ filter, sort, page }: ListOrders, withItems: boolean): string | null {
  const filtered = filterName(filter);
  const isFirst = !page.backward && page.after === null && page.before === null;
  if (filtered === null || !isFirst || !commonSizes.has(page.size)) return null;
  return ['page', page.size, sortName(sort), filtered, ...(withItems ? ['items'] : [])].join(' ');
}

/** Name of the read, `null` if it is not common. */
export function countName(filter: OrderFilter): string | null {
  const filtered = filterName(filter);
  return filtered === null ? null : `count ${filtered}`;
}

/** `null` if it is not common. */
export function commonPage(list: ListOrders, withItems: boolean): CommonRead | null {
  const name = pageName(list, withItems);
  return name === null ? null : { kind: 'page', name, list, withItems };
}

/** `null` if it is not common. */
export function commonCount(filter: OrderFilter): CommonRead | null {
  const name = countName(filter);
  return name === null ? null : { kind: 'count', name, filter };
}

const sortName = ({ field, direction }: OrderSort) => `${field}-${direction}`;

function filterName(filter: OrderFilter): string | null {
  if (!isCommon(filter)) return null;
  const { status, missingCharge, missingProcessedAt } = filter;
  const statuses = status === undefined ? 'any' : [...new Set(status)].sort().join('+');
  return [statuses, ternary(missingCharge), ternary(missingProcessedAt)].join(' ');
}

const ternary = (value: boolean | undefined) => (value === undefined ? 'any' : String(value));
