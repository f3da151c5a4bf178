import { Decimal, type Order, type OrderSorting, type OrderWhere } from '../database/orders/order-rows.ts';

export const orderSortFields = ['CREATED_AT', 'UPDATED_AT', 'TOTAL', 'NUMBER'] as const;
export type OrderSortField = (typeof orderSortFields)[number];
export type SortDirection = 'ASC' | 'DESC';

/** Sort order of a list. Ties are broken by id, in the same direction; numbers are unique. */
export type OrderSort = { readonly field: OrderSortField; readonly direction: SortDirection };

/** A place in a sorted list: the sort value of an order, as text, and its id. */
export type Place = { readonly value: string; readonly id: bigint };

type Column = 'createdAt' | 'updatedAt' | 'total' | 'number';
const columns = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  TOTAL: 'total',
  NUMBER: 'number',
} as const satisfies Record<OrderSortField, Column>;
const valueShapes = {
  CREATED_AT: /^-?\d{1,15}$/,
  UPDATED_AT: /^-?\d{1,15}$/,
  TOTAL: /^-?\d{1,10}\.\d{2}$/,
  NUMBER: /^[^\0]{0,32}$/u,
} as const satisfies Record<OrderSortField, RegExp>;

export function placeOf(order: Order, field: OrderSortField): Place {
  const value = order[columns[field]];
  if (value instanceof Date) return { value: String(value.getTime()), id: order.id };
  return { value: value instanceof Decimal ? value.toFixed(2) : value, id: order.id };
}

/** False for a text that cannot be a sort value. */
export function isPlaceValue(field: OrderSortField, value: string): boolean {
  return valueShapes[field].test(value) && value.isWellFormed();
}

export function opposite(direction: SortDirection): SortDirection {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}

export function sortingOf({ field, direction }: OrderSort): OrderSorting[] {
  const order = direction === 'ASC' ? 'asc' : 'desc';
  // Numbers are unique, and no index could serve a tie-breaker: the server would sort the whole table.
  return field === 'NUMBER' ? [{ number: order }] : [{ [columns[field]]: order }, { id: order }];
}

/** `place` itself, if it exists, and what comes after it. The first condition alone bounds the index range. */
export function from({ field, direction }: OrderSort, place: Place): OrderWhere {
  const [within, past] = direction === 'ASC' ? (['gte', 'gt'] as const) : (['lte', 'lt'] as const);
  if (field === 'NUMBER') return { number: { [within]: place.value } };
  const column = columns[field];
  const value = field === 'TOTAL' ? place.value : new Date(Number(place.value));
  return {
    AND: [{ [column]: { [within]: value } }, { OR: [{ [column]: { [past]: value } }, { id: { [within]: place.id } }] }],
  };
}

/** Whether the order is at this place. Numbers are unique, so a number alone is a place. */
export function isAt(order: Order, { field }: OrderSort, place: Place): boolean {
  const { value, id } = placeOf(order, field);
  return value === place.value && (field === 'NUMBER' || id === place.id);
}
