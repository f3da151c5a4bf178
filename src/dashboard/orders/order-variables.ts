import type { OrderFilters, OrderView } from './order-view.ts';

/** `OrderFilter` of the schema. */
export type OrderWhere = Readonly<Record<string, unknown>>;

export type OrderPageVariables = {
  readonly where: OrderWhere;
  readonly orderBy: OrderView['sort'];
  readonly first?: number;
  readonly last?: number;
  readonly after?: string;
  readonly before?: string;
};

/** The filters in the schema's words: what does not matter is left out. */
export function whereOf(filters: OrderFilters): OrderWhere {
  const { number, status, userId, missingCharge, missingProcessedAt, from, to, min, max, currency } = filters;
  const created = { ...(from && { from: startOf(from, 0) }), ...(to && { to: startOf(to, 1) }) };
  const total = { ...(min && { min }), ...(max && { max }), ...(currency && { currency }) };
  return {
    ...(number && { numberStartsWith: number }),
    ...(status.length > 0 && { status }),
    ...(userId && { userId }),
    ...(missingCharge && { missingCharge }),
    ...(missingProcessedAt && { missingProcessedAt }),
    ...(Object.keys(created).length > 0 && { created }),
    ...(Object.keys(total).length > 0 && { total }),
  };
}

export function pageVariables(view: OrderView): OrderPageVariables {
  const { place, size, sort } = view;
  const page = place !== null && 'before' in place ? { last: size } : { first: size };
  return { where: whereOf(view), orderBy: sort, ...page, ...place };
}

/** Midnight where the reader is, some days after the one that begins so. */
function startOf(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}
