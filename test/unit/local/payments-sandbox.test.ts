import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaymentsSandbox, paymentOf } from '../../../src/local/payments/payments-sandbox.ts';
import { SandboxOrders } from '../../../src/local/payments/sandbox-orders.ts';
import { createOrderRules } from '../../../src/orders/order-rules.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const sandbox = new PaymentsSandbox({ clock: systemClock });
beforeAll(() => sandbox.start());
afterAll(() => sandbox.stop());

const get = async (path: string) => {
  const response = await fetch(sandbox.url + path);
  return { status: response.status, body: await response.json() };
};
const control = (body: string, headers: Record<string, string>) =>
  fetch(`${sandbox.url}/control`, { method: 'POST', body, headers });
const json = { 'content-type': 'application/json' };

const someDay = '2026-11-20T10:00:00.000Z';

describe('the payments sandbox', () => {
  it('says the same of an order each time', async () => {
    const path = '/payments/T-1?total=12.50&currency=EUR&created=2026-11-20T10:00:00.000Z';
    const [first, second] = [await get(path), await get(path)];
    expect(first).toEqual(second);
    expect(first).toEqual({
      status: 200,
      body: { number: 'T-1', currency: 'EUR', ...paymentOf('T-1', '12.50', someDay) },
    });
  });

  it('knows most payments, and not all of them', () => {
    const known = Array.from({ length: 1000 }, (_, n) => paymentOf(`T-${n}`, '1.00', someDay));
    const shares = [
      known.filter(({ charge }) => charge === null),
      known.filter(({ processedAt }) => processedAt === null),
    ];
    for (const { length } of shares) expect(length).toSatisfy((count: number) => count > 20 && count < 250);
    for (const { charge, processedAt } of known) if (processedAt !== null) expect(charge).toBe('1.00');
    // Nothing is processed before it was placed.
    const processed = known.flatMap(({ processedAt }) => (processedAt === null ? [] : [Date.parse(processedAt)]));
    expect(Math.min(...processed)).toBeGreaterThan(Date.parse(someDay));
    expect(Math.max(...processed)).toBeLessThan(Date.parse(someDay) + 5000);
    expect(paymentOf('T-1', '1.00', null).processedAt).toBeNull();
  });

  it('obeys who is on this machine, and no foreign page', async () => {
    expect((await control('{"delayMs":0}', json)).status).toBe(403);
    expect((await control('{"delayMs":0}', { 'x-sandbox-control': '1' })).status).toBe(403);
    const allowed = { ...json, 'x-sandbox-control': '1' };
    expect((await control('{"delayMs":"slow"}', allowed)).status).toBe(400);
    expect((await control('nonsense', allowed)).status).toBe(400);
    expect((await control('{"behaviour":"failing"}', allowed)).status).toBe(200);
    expect((await get('/payments/T-1?total=1.00')).status).toBe(503);
    await control('{"behaviour":"well","failEvery":1}', allowed);
    expect((await get('/payments/T-1?total=1.00')).status).toBe(503);
    await control('{"failEvery":0}', allowed);
    expect((await get('/payments/T-1?total=1.00')).status).toBe(200);
    expect((await get('/control')).body).toMatchObject({ behaviour: 'well', failEvery: 0 });
    expect((await get('/elsewhere')).status).toBe(404);
  });
});

describe('orders that are placed at the sandbox', () => {
  it('are told page by page, once, and keep to the rules of orders', () => {
    const orders = new SandboxOrders(new TickingClock(), 0);
    orders.place(5);
    const first = orders.page(null, 3);
    const second = orders.page(first.next, 3);
    const numbers = [...first.orders, ...second.orders].map(({ number }) => number);
    expect({ more: [first.more, second.more], count: new Set(numbers).size }).toEqual({
      more: [true, false],
      count: 5,
    });
    expect(orders.page(second.next, 3)).toEqual({ orders: [], next: second.next, more: false });
    for (const order of first.orders) expect(createOrderRules.safeParse(order).error).toBeUndefined();
  });

  it('come by themselves as time goes by', async () => {
    const clock = new TickingClock();
    const orders = new SandboxOrders(clock, 1000);
    const { next } = orders.page(null, 10);
    await clock.tick(2500);
    expect(orders.page(next, 10).orders.length).toBe(2);
    expect(orders.page(next, 10).orders.length).toBe(2);
  });

  it('begin anew for a cursor of another start', () => {
    const orders = new SandboxOrders(new TickingClock(), 0);
    orders.place(2);
    for (const cursor of ['OTHER.2', 'nonsense', '.', `${orders.page(null, 9).next}x`]) {
      expect(orders.page(cursor, 9).orders.length).toBe(2);
    }
  });

  it('are kept in a bounded number', () => {
    const orders = new SandboxOrders(new TickingClock(), 0);
    orders.place(1);
    const { next } = orders.page(null, 1);
    orders.place(10_000);
    orders.place(10);
    const page = orders.page(next, 1);
    expect({ placed: orders.placed, number: page.orders[0]?.number.split('-')[2] }).toEqual({
      placed: 10_011,
      number: '12',
    });
  });
});
