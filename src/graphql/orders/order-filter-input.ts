import { z } from 'zod';
import { BadListRequestError } from '../../orders/errors.ts';
import { parseAmount } from '../../orders/money.ts';
import type { OrderFilter } from '../../orders/order-filter.ts';
import { halfCharacter, idRule, isWellFormed } from '../../orders/order-rules.ts';
import { orderStatuses } from '../../orders/order-status.ts';
import { builder } from '../builder.ts';
import { orderStatusType } from './order-type.ts';

const createdRangeType = builder.inputType('OrderCreatedRange', {
  description: 'A span of time. Leave an end out to leave it open.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'The first moment that belongs to the span.' }),
    to: t.field({ type: 'DateTime', description: 'The first moment that no longer belongs to the span.' }),
  }),
});

const totalRangeType = builder.inputType('OrderTotalRange', {
  description: 'A range of amounts, both ends included. Leave an end out to leave it open.',
  fields: (t) => ({
    min: t.field({ type: 'Decimal', description: 'The smallest amount that belongs to the range.' }),
    max: t.field({ type: 'Decimal', description: 'The largest amount that belongs to the range.' }),
    currency: t.string({
      description: 'Only orders in this currency. Without it amounts of all currencies are compared as bare numbers.',
    }),
  }),
});

export const orderFilterType = builder.inputType('OrderFilter', {
  description: 'Which orders to list. All conditions that are given must hold together.',
  fields: (t) => ({
    status: t.field({
      type: [orderStatusType],
      description: 'Has one of these statuses. An empty list matches nothing.',
    }),
    userId: t.id({ description: 'Was ordered by this user.' }),
    numbers: t.stringList({ description: 'Has one of these numbers, at most 100. An empty list matches nothing.' }),
    numberStartsWith: t.string({ description: 'Has a number that begins so. Capital and small letters differ.' }),
    missingCharge: t.boolean({ description: 'True: nothing is known to be charged. False: something is.' }),
    missingProcessedAt: t.boolean({ description: 'True: the payment was not processed yet. False: it was.' }),
    created: t.field({ type: createdRangeType, description: 'Was placed within this span.' }),
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
      .refine(({ from, to }) => from === undefined || to === undefined || from <= to, 'must not end before it begins'),
  ),
  total: given(
    z
      .object({ min: given(amount), max: given(amount), currency: given(wholeText) })
      .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'must not end before it begins'),
  ),
});

/** Throws `BadListRequestError` that lists every fault. */
export function orderFilterOf(where: unknown): OrderFilter {
  const { data, error } = filterRules.safeParse(where ?? {});
  if (data !== undefined) return data;
  const faults = (error?.issues ?? []).map(({ path, message }) => `where.${path.join('.')} ${message}`);
  throw new BadListRequestError(faults.join('; '), { facts: { faults } });
}
