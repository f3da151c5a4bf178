import { startOfDay } from '../shell/zoned-time.ts';
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

/** The filters as GraphQL variables; empty ones are omitted. Days are those of the zone. */
export function whereOf(filters: OrderFilters, zone: string): OrderWhere {
  const { number, status, userId, missingCharge, missingProcessedAt, from, to, min, max, currency } = filters;
  const created = { ...(from && { from: startOfDay(from, 0, zone) }), ...(to && { to: startOfDay(to, 1, zone) }) };
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

export function pageVariables(view: OrderView, zone: string): OrderPageVariables {
  const { place, size, sort } = view;
  const page = place !== null && 'before' in place ? { last: size } : { first: size };
  return { where: whereOf(view, zone), orderBy: sort, ...page, ...place };
}
