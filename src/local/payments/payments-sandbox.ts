/**
 * A payment provider for this machine. What it reports about an order follows from the order's number and creation time, so it
 * reports the same each time and after a restart: most are charged in full and processed, some only charged, a few still unknown.
 *
 *   GET  /payments/<number>?total=&currency=&created=   what is known about one payment
 *   GET  /orders?after=&limit=                 orders placed here, oldest first
 *   GET  /control                              its behaviour, and how often it was called
 *   POST /control                              { "behaviour", "delayMs", "failEvery", "place" }, all optional
 *
 * It can be made slow, failing, or wrong. The control endpoint takes JSON with a header that no page of another origin can
 * send, and everything is bound to this machine.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { SandboxOrders } from './sandbox-orders.ts';

export const sandboxBehaviours = ['well', 'failing', 'hanging', 'nonsense'] as const;

const controlRule = z.strictObject({
  behaviour: z.enum(sandboxBehaviours).optional(),
  /** Minimum duration of every answer. */
  delayMs: z.int().min(0).max(60_000).optional(),
  /** Every n-th request for a payment fails with 503; 0 for none. */
  failEvery: z.int().min(0).max(1_000_000).optional(),
  /** Places this many orders now. */
  place: z.int().min(0).max(1000).optional(),
});

export type SandboxControl = z.input<typeof controlRule>;
export type SandboxOptions = {
  readonly clock: Clock;
  /** Interval at which an order is placed automatically; 0 for never. */
  readonly newOrderEveryMs?: number;
};

const maxControlBytes = 4096;

export class PaymentsSandbox {
  readonly #clock: Clock;
  readonly #orders: SandboxOrders;
  readonly #hanging = new Set<ServerResponse>();
  #server: Server | null = null;
  #port = 0;
  #behaviour: (typeof sandboxBehaviours)[number] = 'well';
  #delayMs = 0;
  #failEvery = 0;
  #asked = 0;
  #listed = 0;

  constructor({ clock, newOrderEveryMs = 0 }: SandboxOptions) {
    this.#clock = clock;
    this.#orders = new SandboxOrders(clock, newOrderEveryMs);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How often a payment was requested. */
  get asked(): number {
    return this.#asked;
  }

  /** How often new orders were requested. */
  get listed(): number {
    return this.#listed;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => send(response, 400, { error: 'not understood' }));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  control({ behaviour, delayMs, failEvery, place = 0 }: SandboxControl): void {
    this.#behaviour = behaviour ?? this.#behaviour;
    this.#delayMs = delayMs ?? this.#delayMs;
    this.#failEvery = failEvery ?? this.#failEvery;
    this.#orders.place(place);
    if (this.#behaviour === 'hanging') return;
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (pathname === '/control') return this.#answerControl(request, response);
    const isPayment = pathname.startsWith('/payments/');
    if (isPayment) this.#asked += 1;
    if (pathname === '/orders') this.#listed += 1;
    if (this.#delayMs > 0) await this.#clock.sleep(this.#delayMs, { unref: true });
    if (this.#behaviour === 'hanging') {
      this.#hanging.add(response);
      response.once('close', () => this.#hanging.delete(response));
      return;
    }
    if (this.#behaviour === 'failing') return send(response, 503, { error: 'told to fail' });
    if (this.#behaviour === 'nonsense') return void response.end('<html>All is well</html>');
    if (isPayment && this.#failEvery > 0 && this.#asked % this.#failEvery === 0) {
      return send(response, 503, { error: 'configured to fail some requests' });
    }
    if (request.method !== 'GET') return send(response, 405, { error: 'GET only' });
    if (isPayment) {
      const number = decodeURIComponent(pathname.slice('/payments/'.length));
      const { charge, processedAt } = paymentOf(number, searchParams.get('total'), searchParams.get('created'));
      return send(response, 200, { number, currency: searchParams.get('currency') ?? 'EUR', charge, processedAt });
    }
    if (pathname === '/orders') {
      const limit = Math.min(100, Math.max(1, Number(searchParams.get('limit') ?? 100) || 100));
      return send(response, 200, this.#orders.page(searchParams.get('after'), limit));
    }
    return send(response, 404, { error: 'nothing here' });
  }

  async #answerControl(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'POST') {
      // A page of another origin cannot send either without a preflight, which is never answered.
      const isJson = request.headers['content-type']?.startsWith('application/json') === true;
      if (!isJson || request.headers['x-sandbox-control'] === undefined) {
        return send(response, 403, { error: 'send JSON with the header x-sandbox-control' });
      }
      const { data, error } = controlRule.safeParse(JSON.parse(await readText(request)));
      if (data === undefined) return send(response, 400, { error: z.prettifyError(error) });
      this.control(data);
    }
    const { asked } = this;
    const placed = this.#orders.placed;
    send(response, 200, {
      behaviour: this.#behaviour,
      delayMs: this.#delayMs,
      failEvery: this.#failEvery,
      asked,
      placed,
    });
  }
}

const soonestMs = 200;
const spanMs = 1000;

/** `total`: the amount expected to be charged. A payment is processed right after its order was placed. */
export function paymentOf(
  number: string,
  total: string | null,
  created: string | null,
): { readonly charge: string | null; readonly processedAt: string | null } {
  const digest = createHash('sha256').update(number).digest();
  const chance = digest.readUInt32BE(0) / 2 ** 32;
  if (chance < 0.05 || total === null) return { charge: null, processedAt: null };
  const createdMs = created === null ? Number.NaN : Date.parse(created);
  if (chance < 0.15 || Number.isNaN(createdMs)) return { charge: total, processedAt: null };
  const processedMs = createdMs + soonestMs + (digest.readUInt32BE(4) % spanMs);
  return { charge: total, processedAt: new Date(processedMs).toISOString() };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxControlBytes) throw new Error('too large');
  }
  return text;
}
