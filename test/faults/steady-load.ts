// Clients that do the same all the time, so that what a fault does to them can be measured: readers of one order each, in
// sessions of their own, and writers of small orders, who send each one with its key until they are told what became of it.
// Each goes to its own API process, and to the other one when that is gone.
import { systemClock } from '../../src/platform/clock.ts';
import { type Answer, ask, chargeOf, documents, type Endpoint } from '../consistency/orders-api.ts';
import type { SteadyWrite } from './steady-verdict.ts';

/** One request of a steady client, on the monotonic clock. */
export type Sample = {
  readonly kind: 'read' | 'write';
  readonly startedMs: number;
  readonly endedMs: number;
  /** The code of its error, `null` when it was answered. */
  readonly error: string | null;
  /** Who served it, where the answer says. */
  readonly node: string | null;
  /** Of a read: a replica has answered with the token that was sent, so it has all that was asked for. */
  readonly satisfied: boolean;
};

export type SteadyLoadOptions = {
  readonly endpoints: readonly [Endpoint, Endpoint];
  readonly readers: number;
  readonly writers: number;
  readonly userId: string;
  /** How long a client waits for an answer. Default: ten seconds. */
  readonly patienceMs?: number;
};

const thinkMs = 4;
const defaultPatienceMs = 10_000;
const afterRefusalMs = 20;
/** How long a write is sent again after the work is over. */
const settleMs = 20_000;

export class SteadyLoad {
  readonly #options: SteadyLoadOptions;
  readonly samples: Sample[] = [];
  readonly writes: SteadyWrite[] = [];
  readonly #underWay: [number, number] = [0, 0];
  #numbers = 0;
  #reading = 0;

  constructor(options: SteadyLoadOptions) {
    this.#options = options;
  }

  /** Until the signal; every request that was begun has ended then, and every write is settled if it can be. */
  async run(signal: AbortSignal): Promise<void> {
    const { readers, writers } = this.#options;
    await Promise.all([
      ...Array.from({ length: readers }, (_, index) => this.#read(index, signal)),
      ...Array.from({ length: writers }, (_, index) => this.#write(index, signal)),
    ]);
  }

  /** Resolves when every reader reads. */
  async begun(signal: AbortSignal): Promise<void> {
    while (this.#reading < this.#options.readers) await systemClock.sleep(10, { signal });
  }

  /** Resolves while a write is on its way to that endpoint. */
  async writeUnderWay(endpoint: 0 | 1, signal: AbortSignal): Promise<void> {
    while (this.#underWay[endpoint] === 0) await systemClock.sleep(1, { signal });
  }

  async #read(client: number, signal: AbortSignal): Promise<void> {
    const { id, token } = await this.#ownOrder(client);
    const held = { token, satisfied: false };
    this.#reading += 1;
    while (!signal.aborted) {
      await this.#sample('read', held.satisfied, async () => {
        const tokens = held.token === null ? [] : [held.token];
        const answer = await this.#ask(client, documents.one, { id }, tokens);
        if (answer.errors[0]?.code === 'WRITE_LOST') Object.assign(held, { token: null, satisfied: false });
        else if (answer.token !== null) {
          held.satisfied = answer.served?.role === 'REPLICA' || (held.satisfied && answer.token === held.token);
          held.token = answer.token;
        }
        return answer;
      });
      await systemClock.sleep(thinkMs);
    }
  }

  async #ownOrder(client: number): Promise<{ readonly id: string; readonly token: string | null }> {
    const lastMs = systemClock.monotonic() + settleMs;
    for (;;) {
      const answer = await this.#ask(client, documents.create, { input: this.#input(null) }, []).catch(() => null);
      const id = (answer?.data?.result as { order?: { id: string } } | undefined)?.order?.id;
      if (answer !== null && id !== undefined) return { id, token: answer.token };
      if (systemClock.monotonic() > lastMs) throw new Error('the order of a reader could not be made');
      await systemClock.sleep(afterRefusalMs);
    }
  }

  async #write(client: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#numbers += 1;
      this.writes.push(await this.#settle(client, this.#numbers, signal));
      await systemClock.sleep(thinkMs * 4);
    }
  }

  async #settle(client: number, number: number, signal: AbortSignal): Promise<SteadyWrite> {
    const variables = { input: this.#input(number) };
    let lastMs = Number.POSITIVE_INFINITY;
    for (let attempts = 1; ; attempts += 1) {
      const answer = await this.#sample('write', false, () =>
        this.#ask(client, documents.create, variables, [], client % 2 === 0 ? 0 : 1),
      );
      if (answer !== null && codeOf(answer) === null) return { number, acknowledged: true, attempts };
      if (answer?.errors[0]?.retryable === false || (answer !== null && refusalIn(answer.data) !== null))
        return { number, acknowledged: false, attempts };
      if (signal.aborted) lastMs = Math.min(lastMs, systemClock.monotonic() + settleMs);
      if (systemClock.monotonic() > lastMs) return { number, acknowledged: false, attempts };
    }
  }

  /** `null` when there was no answer. */
  async #sample(kind: Sample['kind'], satisfied: boolean, request: () => Promise<Answer>): Promise<Answer | null> {
    const startedMs = systemClock.monotonic();
    const answer = await request().catch(() => null);
    const error = answer === null ? 'NO_ANSWER' : codeOf(answer);
    const node = answer?.served?.node ?? null;
    this.samples.push({ kind, startedMs, endedMs: systemClock.monotonic(), error, node, satisfied });
    // Nobody hammers a server that just refused.
    if (error !== null) await systemClock.sleep(afterRefusalMs);
    return answer;
  }

  async #ask(
    client: number,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    tokens: readonly string[],
    counted: 0 | 1 | null = null,
  ): Promise<Answer> {
    const { endpoints, patienceMs = defaultPatienceMs } = this.#options;
    const [first, second] = endpoints;
    const [own, other] = client % 2 === 0 ? [first, second] : [second, first];
    const request = { query, variables, tokens, signal: AbortSignal.timeout(patienceMs) };
    if (counted !== null) this.#underWay[counted] += 1;
    try {
      return await ask(own, request);
    } catch (error) {
      // A load balancer would have sent it to the other one; a write carries its key.
      if (request.signal.aborted) throw error;
      return await ask(other, request);
    } finally {
      if (counted !== null) this.#underWay[counted] -= 1;
    }
  }

  /** A reader's order has no number. */
  #input(number: number | null) {
    const { userId } = this.#options;
    const items = [{ sku: 'TIDE-2', name: 'Lead line', quantity: 1, unitPrice: '3.00' }];
    const order = { userId, currency: 'EUR', items };
    return number === null
      ? order
      : { ...order, charge: chargeOf(number), idempotencyKey: `steady-${userId}-${number}` };
  }
}

function codeOf({ errors, data }: Answer): string | null {
  return errors[0]?.code ?? refusalIn(data);
}

function refusalIn(data: Answer['data']): string | null {
  const result = data?.result as { code?: string } | undefined;
  return result?.code ?? null;
}
