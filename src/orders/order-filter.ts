import type { OrderWhere } from '../database/orders/order-rows.ts';
import { formatAmount } from './money.ts';
import type { OrderStatus } from './order-status.ts';

/** Filter of a list or a count. `undefined` parts match everything; all others must hold. */
export type OrderFilter = {
  readonly status?: readonly OrderStatus[] | undefined;
  readonly userId?: bigint | undefined;
  readonly numbers?: readonly string[] | undefined;
  readonly numberStartsWith?: string | undefined;
  readonly missingCharge?: boolean | undefined;
  readonly missingProcessedAt?: boolean | undefined;
  /** `from` is inclusive, `to` exclusive. */
  readonly created?: { readonly from?: Date | undefined; readonly to?: Date | undefined } | undefined;
  /** Both ends are inclusive. */
  readonly total?:
    | { readonly min?: bigint | undefined; readonly max?: bigint | undefined; readonly currency?: string | undefined }
    | undefined;
};

/** Whether it only has conditions with few possible values. */
export function isCommon({ status, missingCharge, missingProcessedAt, ...rare }: OrderFilter): boolean {
  return Object.values(rare).every((value) => value === undefined);
}

/** Some kinds of servers neither store the character 0 nor compare with it; no rule of orders lets it in. */
const isStorable = (text: string) => !text.includes('\0');
const nothing: OrderWhere = { number: { in: [] } };

/** Sorts after every character of order numbers: a prefix search is an index range, without escaping. */
const aboveAll = '\x7f';

export function whereOf(filter: OrderFilter): OrderWhere {
  const { status, userId, numbers, numberStartsWith, missingCharge, missingProcessedAt, created, total } = filter;
  const where: OrderWhere[] = [];
  if (status !== undefined) where.push({ status: { in: [...status] } });
  if (userId !== undefined) where.push({ userId });
  if (numbers !== undefined) where.push({ number: { in: numbers.filter(isStorable) } });
  if (numberStartsWith !== undefined) {
    const prefixed = { number: { gte: numberStartsWith, lt: numberStartsWith + aboveAll } };
    where.push(isStorable(numberStartsWith) ? prefixed : nothing);
  }
  if (missingCharge !== undefined) where.push({ charge: missingCharge ? null : { not: null } });
  if (missingProcessedAt !== undefined) where.push({ processedAt: missingProcessedAt ? null : { not: null } });
  if (created?.from !== undefined) where.push({ createdAt: { gte: created.from } });
  if (created?.to !== undefined) where.push({ createdAt: { lt: created.to } });
  // Stored in capitals: some kinds of servers would find them by small letters, others not.
  if (total?.currency !== undefined) {
    where.push(isStorable(total.currency) ? { currency: total.currency.toUpperCase() } : nothing);
  }
  if (total?.min !== undefined) where.push({ total: { gte: formatAmount(total.min) } });
  if (total?.max !== undefined) where.push({ total: { lte: formatAmount(total.max) } });
  return { AND: where };
}
