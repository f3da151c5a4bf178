/**
 * Rules of an order, checked before anything is written. Use cases take the commands that are made here. Messages are phrased to
 * follow the name of the part.
 */
import { z } from 'zod';
import { maxFaults } from './errors.ts';
import { maxAmount, parseAmount, totalOf } from './money.ts';
import { orderStatuses } from './order-status.ts';

/** Ids assigned by the database, and of users. */
export const maxId = 2n ** 63n - 1n;
/** Of one order. */
export const maxItems = 50;
const currencies = new Set(Intl.supportedValuesOf('currency'));

const optional = <T extends z.ZodType>(rule: T) => rule.nullish().transform((value) => value ?? null);

const idShape = /^[1-9]\d{0,18}$/;

/** The fast check of `idRule`, for every read by id: a rule that produces messages takes many times as long. */
export function idIn(text: string): bigint | null {
  const id = idShape.test(text) ? BigInt(text) : null;
  return id !== null && id <= maxId ? id : null;
}

export const idRule = z
  .string()
  .regex(idShape, { error: 'must be a positive whole number', abort: true })
  .transform(BigInt)
  .refine((id) => id <= maxId, 'is too large');

const amountRule = z.string().transform((text, context) => {
  const amount = parseAmount(text);
  if (amount !== null && amount >= 0n && amount <= maxAmount) return amount;
  const message =
    amount === null
      ? 'must be a decimal number with at most two decimals, such as "12.50"'
      : `must lie between 0 and ${maxAmount / 100n}.99`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** UTF-8 has no lone surrogates: they would be stored as another character, and two texts would become one. */
export const isWellFormed = (text: string) => text.isWellFormed();
export const halfCharacter = 'must not hold half a character';

const text = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^(\S(.*\S)?)?$/s, 'must not begin or end with a space')
    .refine(isWellFormed, halfCharacter);

export const idempotencyKeyRule = optional(text(200));
export const expectedVersionRule = z.int().min(1, 'must be 1 or more');

const numberRule = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,31}$/, 'must be 1 to 32 letters, digits, dots, dashes, slashes or underscores');

const itemRule = z.object({
  sku: text(64),
  name: text(200),
  quantity: z.int().min(1, 'must be 1 or more').max(1_000_000, 'must be 1000000 or less'),
  unitPrice: amountRule,
});

type Item = z.output<typeof itemRule>;

/** Stops checking items once there are more faults than are reported. */
const itemsRule = z
  .array(z.custom<z.input<typeof itemRule>>())
  .min(1, 'must hold at least one item')
  .max(maxItems, `must hold at most ${maxItems} items`)
  .transform((given, context): Item[] => {
    const items: Item[] = [];
    let faults = 0;
    for (const [index, item] of given.entries()) {
      const { data, error } = itemRule.safeParse(item);
      if (data !== undefined) items.push(data);
      for (const { path, message } of error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [index, ...path], message });
        faults += 1;
      }
      if (faults > maxFaults) return items;
    }
    if (faults === 0 && totalOf(items) > maxAmount) {
      context.addIssue({ code: 'custom', message: `must not add up to more than ${maxAmount / 100n}.99` });
    }
    return items;
  });

export const createOrderRules = z.object({
  userId: idRule,
  number: optional(numberRule),
  currency: z.string().refine((code) => currencies.has(code), 'must be an ISO 4217 code such as EUR'),
  items: itemsRule,
  charge: optional(amountRule),
  processedAt: optional(z.date()),
  idempotencyKey: idempotencyKeyRule,
});
export type CreateOrder = z.output<typeof createOrderRules>;

/** `undefined` leaves a value unchanged, `null` clears it. */
export const orderChangesRules = z.object({
  status: z.enum(orderStatuses).nullish(),
  charge: amountRule.nullish(),
  processedAt: z.date().nullish(),
});

export type UpdateOrder = z.output<typeof orderChangesRules> & {
  readonly id: bigint;
  readonly expectedVersion: number;
  readonly idempotencyKey: string | null;
};

export function changesSomething({ status, charge, processedAt }: z.output<typeof orderChangesRules>): boolean {
  return status != null || charge !== undefined || processedAt !== undefined;
}

export type DeleteOrder = {
  readonly id: bigint;
  readonly expectedVersion: number;
  readonly idempotencyKey: string | null;
};
