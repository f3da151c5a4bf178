import { describe, expect, it } from 'vitest';
import { totalOf } from '../../../src/orders/money.ts';
import { believableOrders, type SeedPlan } from '../../../src/orders/seed/believable-orders.ts';
import { SeededRandom } from '../../../src/orders/seed/seeded-random.ts';

const plan: SeedPlan = { orders: 5000, seed: 1, firstId: 1, until: new Date('2026-11-01T00:00:00Z') };
const orders = [...believableOrders(plan)];

describe('sample orders', () => {
  it('repeat by seed number', () => {
    expect([...believableOrders(plan)]).toEqual(orders);
    expect([...believableOrders({ ...plan, seed: 2 })]).not.toEqual(orders);
  });

  it('have unique numbers, also across seeds', () => {
    const more = [...believableOrders({ ...plan, seed: 2, firstId: 5001 })];
    const numbers = [...orders, ...more].map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(number).toMatch(/^T-[0-9A-HJKMNP-TV-Z]{8}$/);
  });

  it('cost what their items cost, and were charged that or nothing', () => {
    for (const { total, items, charge } of orders) {
      expect(total).toBe(totalOf(items));
      expect(items.length).toBeGreaterThanOrEqual(1);
      expect(items.length).toBeLessThanOrEqual(5);
      expect([null, total]).toContain(charge);
    }
  });

  it('follow each other in time, over 180 days, and nothing happens before its cause', () => {
    const from = plan.until.getTime() - 180 * 86_400_000;
    for (const [index, { createdAt, updatedAt, processedAt }] of orders.entries()) {
      expect(createdAt.getTime()).toBeGreaterThanOrEqual(orders[index - 1]?.createdAt.getTime() ?? from);
      expect(updatedAt.getTime()).toBeGreaterThanOrEqual(Math.max(createdAt.getTime(), processedAt?.getTime() ?? 0));
      expect(updatedAt.getTime()).toBeLessThanOrEqual(plan.until.getTime());
    }
  });

  it('are mostly completed, rarely pending, and some miss their charge or processing', () => {
    const share = (matches: (order: (typeof orders)[number]) => boolean) =>
      orders.filter(matches).length / orders.length;
    expect(share(({ status }) => status === 'COMPLETED')).toBeGreaterThan(0.6);
    expect(share(({ status }) => status === 'PENDING')).toBeLessThan(0.05);
    expect(share(({ status, charge }) => status === 'PENDING' && charge !== null)).toBe(0);
    expect(share(({ status, charge }) => status === 'COMPLETED' && charge === null)).toBeGreaterThan(0);
    expect(share(({ charge, processedAt }) => charge === null && processedAt !== null)).toBe(0);
    expect(share(({ charge, processedAt }) => charge !== null && processedAt === null)).toBeGreaterThan(0);
    expect(new Set(orders.map(({ userId }) => userId)).size).toBeLessThan(orders.length / 5);
  });
});

describe('seeded chance', () => {
  it('stays within its bounds and reaches both ends', () => {
    const random = new SeededRandom(7);
    const drawn = new Set(Array.from({ length: 1000 }, () => random.between(2, 5)));
    expect([...drawn].sort()).toEqual([2, 3, 4, 5]);
    expect(
      random.weighted([
        ['never', 0],
        ['always', 1],
      ]),
    ).toBe('always');
  });
});
