import { z } from 'zod';
import { BadListRequestError } from '../../orders/errors.ts';
import { parseAmount } from '../../orders/money.ts';
import type { OrderFilter } from '../../orders/order-filter.ts';
import { halfCharacter, idRule, isWellFormed } from '../../orders/order-rules.ts';
import { orderStatuses } from '../../orders/order-status.ts';
import { builder } from '../builder.ts';
import { orderStatusType } from './order-type.ts';

const createdRangeType = builder.inputType('OrderCreatedRange', {
  description: 'A time range. Omit an end to leave it open.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'Start of the range, inclusive.' }),
    to: t.field({ type: 'DateTime', description: 'End of the range, exclusive.' }),
  }),
});

const totalRangeType = builder.inputType('OrderTotalRange', {
  description: 'A range of amounts. Omit an end to leave it open.',
  fields: (t) => ({
    min: t.field({ type: 'Decimal', description: 'Smallest amount, inclusive.' }),
    max: t.field({ type: 'Decimal', description: 'Largest amount, inclusive.' }),
    currency: t.string({
      description: 'Only orders in this currency. Without it, amounts are compared as numbers regardless of currency.',
    }),
  }),
});

export const orderFilterType = builder.inputType('OrderFilter', {
  description: 'Filter of orders. All given conditions must hold.',
  fields: (t) => ({
    status: t.field({
      type: [orderStatusType],
      description: 'Has one of these statuses. An empty list matches nothing.',
    }),
    userId: t.id({ description: 'Belongs to this user.' }),
    numbers: t.stringList({ description: 'Has one of these numbers, at most 100. An empty list matches nothing.' }),
    numberStartsWith: t.string({ description: 'Has a number with this prefix. Case-sensitive.' }),
    missingCharge: t.boolean({ description: 'True: no charge recorded. False: a charge is recorded.' }),
    missingProcessedAt: t.boolean({ description: 'True: the payment has not been processed. False: it has.' }),
    created: t.field({ type: createdRangeType, description: 'Was placed within this range.' }),
    total: t.field({ type: totalRangeType, description: 'Has a total within this range.' }),
  }),
});

const given = <T extends z.ZodType>(rule: T) => rule.nullish().transform((value) => value ?? undefined);

const amount = z.string().transform((text, context) => {
  const hundredths = parseAmount(text);
  if (hundredths !== null) return hundredths;
  context.addIssue({ code: 'custom', message: 'must have at most two decimals' });
  return z.NEVER;
});

const wholeText = z.string().refine(isWellFormed, halfCharacter);
const numberText = wholeText.max(32, 'is longer than any number');

const filterRules: z.ZodType<OrderFilter> = z.object({
  status: given(z.array(z.enum(orderStatuses)).max(100, 'must hold at most 100 statuses')),
  userId: given(idRule),
  numbers: given(z.array(numberText).max(100, 'must hold at most 100 numbers')),
  numberStartsWith: given(numberText),
  missingCharge: given(z.boolean()),
  missingProcessedAt: given(z.boolean()),
  created: given(
    z
      .object({ from: given(z.date()), to: given(z.date()) })
      .refine(
        ({ from, to }) => from === undefined || to === undefined || from <= to,
        'must not have `from` after `to`',
      ),
  ),
  total: given(
    z
      .object({ min: given(amount), max: given(amount), currency: given(wholeText) })
      .refine(
        ({ min, max }) => min === undefined || max === undefined || min <= max,
        'must not have `min` above `max`',
      ),
  ),
});

/** Throws `BadListRequestError` with all faults. */
export function orderFilterOf(where: unknown): OrderFilter {
  const { data, error } = filterRules.safeParse(where ?? {});
  if (data !== undefined) return data;
  const faults = (error?.issues ?? []).map(({ path, message }) => `where.${path.join('.')} ${message}`);
  throw new BadListRequestError(faults.join('; '), { facts: { faults } });
}
