/**
 * Realistic sample orders: returning users, statuses that fit the age of an order, and a few orders that need attention, such as paid
 * without a recorded charge, or charged but never marked as processed.
 */
import { totalOf } from '../money.ts';
import type { OrderStatus } from '../order-status.ts';
import { articles } from './articles.ts';
import { SeededRandom } from './seeded-random.ts';

export type BelievableItem = { sku: string; name: string; quantity: number; unitPrice: bigint };

export type BelievableOrder = {
  readonly id: number;
  readonly number: string;
  readonly userId: number;
  readonly status: OrderStatus;
  readonly total: bigint;
  readonly currency: string;
  readonly charge: bigint | null;
  readonly processedAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly items: readonly BelievableItem[];
};

export type SeedPlan = {
  readonly orders: number;
  readonly seed: number;
  /** Id of the first order; the others follow. */
  readonly firstId: number;
  /** The last order was placed shortly before this. */
  readonly until: Date;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const spanMs = 180 * dayMs;

const statusesByAge: readonly {
  readonly belowMs: number;
  readonly shares: readonly (readonly [OrderStatus, number])[];
}[] = [
  {
    belowMs: dayMs,
    shares: [
      ['PENDING', 40],
      ['PAID', 52],
      ['CANCELLED', 8],
    ],
  },
  {
    belowMs: 7 * dayMs,
    shares: [
      ['PENDING', 5],
      ['PAID', 22],
      ['SHIPPED', 48],
      ['COMPLETED', 16],
      ['CANCELLED', 8],
      ['REFUNDED', 1],
    ],
  },
  {
    belowMs: Number.POSITIVE_INFINITY,
    shares: [
      ['PENDING', 1],
      ['PAID', 2],
      ['SHIPPED', 3],
      ['COMPLETED', 81],
      ['CANCELLED', 8],
      ['REFUNDED', 5],
    ],
  },
];

/** Number of changes that an order in this status has been through. */
const changes: Record<OrderStatus, number> = {
  PENDING: 0,
  PAID: 1,
  SHIPPED: 2,
  COMPLETED: 3,
  CANCELLED: 1,
  REFUNDED: 4,
};

/** From the oldest order to the newest. The same plan gives the same orders. */
export function* believableOrders({ orders, seed, firstId, until }: SeedPlan): Generator<BelievableOrder> {
  const random = new SeededRandom(seed);
  const users = Math.max(1, Math.round(orders / 7));
  for (let index = 0; index < orders; index += 1) {
    const ageMs = spanMs * (1 - (index + random.next()) / orders);
    const createdAt = new Date(Math.floor(until.getTime() - ageMs));
    const status = random.weighted(statusesByAge.find(({ belowMs }) => ageMs < belowMs)?.shares ?? []);
    const items = someItems(random);
    const total = totalOf(items);
    const paid = status !== 'PENDING' && (status !== 'CANCELLED' || random.chance(0.2));
    const processedMs = createdAt.getTime() + Math.floor(random.next() * Math.min(ageMs, 20 * minuteMs));
    const charge = paid && !random.chance(0.02) ? total : null;
    const settledMs = Math.floor(changes[status] * random.next() * Math.min(ageMs / 4, 2 * dayMs));
    yield {
      id: firstId + index,
      number: seededNumber(firstId + index),
      // Skewed: few users place many orders, most place few.
      userId: 1 + Math.floor(users * random.next() ** 1.5),
      status,
      total,
      currency: random.weighted([
        ['EUR', 70],
        ['USD', 18],
        ['GBP', 12],
      ]),
      charge,
      processedAt: charge !== null && !random.chance(0.03) ? new Date(processedMs) : null,
      version: 1 + changes[status],
      createdAt,
      updatedAt: new Date(
        status === 'PENDING' ? createdAt.getTime() : Math.max(processedMs, createdAt.getTime() + settledMs),
      ),
      items,
    };
  }
}

function someItems(random: SeededRandom): BelievableItem[] {
  const count = random.weighted([
    [1, 45],
    [2, 28],
    [3, 15],
    [4, 8],
    [5, 4],
  ]);
  return Array.from({ length: count }, () => {
    const [sku, name, price] = random.weighted(articles.map((article) => [article, 1] as const));
    return {
      sku,
      name,
      quantity: random.weighted([
        [1, 70],
        [2, 20],
        [3, 6],
        [6, 4],
      ]),
      unitPrice: BigInt(price),
    };
  });
}

/** Looks random, yet is unique: multiplying by an odd number permutes the 40-bit numbers. */
function seededNumber(id: number): string {
  const mixed = (BigInt(id) * 0x9e3779b97fn + 0x5bd1e995n) & 0xff_ffff_ffffn;
  const digits = mixed.toString(32).padStart(8, '0').toUpperCase();
  return `T-${digits.replace(/[ILOU]/g, (letter) => ({ I: 'W', L: 'X', O: 'Y', U: 'Z' })[letter] ?? letter)}`;
}
