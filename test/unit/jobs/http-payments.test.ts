import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpPayments } from '../../../src/jobs/http-payments.ts';
import { systemClock } from '../../../src/platform/clock.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A provider that answers everything with `listener`. */
async function provider(listener: RequestListener, timeoutMs = 5000): Promise<HttpPayments> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return new HttpPayments({ url, token: 'sesame', timeoutMs, clock: systemClock });
}
const saying =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

const question = { number: 'T 1/2', currency: 'EUR', total: 1250n, createdAt: new Date('2026-03-01T11:59:00Z') };
const never = new AbortController().signal;
const ask = async (payments: HttpPayments, signal = never) =>
  payments.payment(question, signal).catch((error: { code?: string; retryable?: boolean }) => error);
const well = { currency: 'EUR', charge: '12.50', processedAt: '2026-03-01T12:00:00.000Z' };

describe('a payment provider that answers', () => {
  it('is told which order is meant, and what is expected to be charged', async () => {
    let asked = '';
    const payments = await provider((request, response) => {
      asked = `${request.url} ${request.headers.authorization}`;
      saying(well)(request, response as never);
    });
    expect(await ask(payments)).toEqual({ charge: 1250n, processedAt: new Date('2026-03-01T12:00:00Z') });
    expect(asked).toBe(
      '/v1/payments/T%201%2F2?total=12.50&currency=EUR&created=2026-03-01T11%3A59%3A00.000Z Bearer sesame',
    );
  });

  it('may not know yet', async () => {
    const payments = await provider(saying({ ...well, charge: null, processedAt: null }));
    expect(await ask(payments)).toEqual({ charge: null, processedAt: null });
  });

  it('lists orders that were placed', async () => {
    const payments = await provider(saying({ orders: [{ any: 'thing' }], next: 'c2', more: true }));
    expect(await payments.placedOrders('c1', never)).toEqual({ orders: [{ any: 'thing' }], next: 'c2', more: true });
  });
});

describe('a payment provider in trouble', () => {
  const table: [what: string, listener: RequestListener, code: string, retryable: boolean][] = [
    ['fails', saying('', 500), 'PAYMENTS_UNAVAILABLE', true],
    ['is asked too often', saying('', 429), 'PAYMENTS_UNAVAILABLE', true],
    ['hangs up', (request) => void request.socket.destroy(), 'PAYMENTS_UNAVAILABLE', true],
    ['refuses the question', saying('', 404), 'PAYMENTS_REFUSED', false],
    ['redirects', (_, response) => void response.writeHead(302, { location: '/' }).end(), 'PAYMENTS_UNAVAILABLE', true],
    ['answers a page', saying('<html>'), 'PAYMENTS_BAD_ANSWER', true],
    ['answers a list', saying([]), 'PAYMENTS_BAD_ANSWER', true],
    ['answers a number where an amount is due', saying({ ...well, charge: 12.5 }), 'PAYMENTS_BAD_ANSWER', true],
    ['answers a negative amount', saying({ ...well, charge: '-1.00' }), 'PAYMENTS_BAD_ANSWER', true],
    ['answers a date that is none', saying({ ...well, processedAt: 'today' }), 'PAYMENTS_BAD_ANSWER', true],
    ['answers in another currency', saying({ ...well, currency: 'USD' }), 'PAYMENTS_BAD_ANSWER', true],
    ['answers without end', saying(' '.repeat(1_100_000)), 'PAYMENTS_BAD_ANSWER', true],
  ];
  it.each(table)('that %s is known by its code', async (_, listener, code, retryable) => {
    expect(await ask(await provider(listener))).toMatchObject({ code, retryable });
  });

  it('without a listener is unavailable', async () => {
    const payments = new HttpPayments({ url: 'http://127.0.0.1:1', token: null, timeoutMs: 5000, clock: systemClock });
    expect(await ask(payments)).toMatchObject({ code: 'PAYMENTS_UNAVAILABLE', retryable: true });
  });

  it('that begins to answer and never ends is unavailable', async () => {
    const payments = await provider((_, response) => void response.writeHead(200).write('{'), 100);
    expect(await ask(payments)).toMatchObject({ code: 'PAYMENTS_UNAVAILABLE' });
  });

  it('is not waited for by who does not want to any more', async () => {
    const leaving = new AbortController();
    const reason = new Error('the worker stops');
    const payments = await provider(() => leaving.abort(reason));
    expect(await ask(payments, leaving.signal)).toBe(reason);
  });
});
