import { Prisma } from '../../../prisma/generated/orders/client.ts';
import { isDuplicate } from '../clients/own-statements.ts';

export type { Order, OrderItem, OrderStatus } from '../../../prisma/generated/orders/client.ts';
export type { default as OrdersPrismaTypes } from '../../../prisma/generated/orders-pothos.ts';
export { getDatamodel as ordersDatamodel } from '../../../prisma/generated/orders-pothos.ts';

/** An exact decimal number. `toFixed(2)` prints money. */
export const Decimal = Prisma.Decimal;
export type Decimal = Prisma.Decimal;

export type OrderWhere = Prisma.OrderWhereInput;
export type OrderSorting = Prisma.OrderOrderByWithRelationInput;
/** Which relations to load beside the order. */
export type OrderSelection = { include?: Prisma.OrderInclude };

/** Whether it asks for nothing but the order's own row. */
export function isRowAlone({ include = {} }: OrderSelection): boolean {
  return Object.values(include).every((relation) => relation === undefined || relation === false);
}

/** The items of an order, in its own sequence. */
export const withItems = { items: { orderBy: { line: 'asc' } } } as const satisfies Prisma.OrderInclude;
export type OrderWithItems = Prisma.OrderGetPayload<{ include: typeof withItems }>;

/** True when a row was refused because another one already has its unique value. */
export function isUniqueViolation(error: unknown): boolean {
  if (isDuplicate(error)) return true;
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
