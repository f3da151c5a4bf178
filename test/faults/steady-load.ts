// Clients that do the same all the time, so that what a fault does to them can be measured: readers of one order each, in
// sessions of their own, and writers of small orders. Each goes to its own API process, and to the other one when that is gone.
import { systemClock } from '../../src/platform/clock.ts';
import { type Answer, ask, documents, type Endpoint } from '../consistency/orders-api.ts';

/** One request of a steady client, on the monotonic clock. */
export type Sample = {
  readonly kind: 'read' | 'write';
  readonly startedMs: number;
  readonly endedMs: number;
  /** The code of its error, `null` when it was answered. */
  readonly error: string | null;
  /** Who served it, where the answer says. */
  readonly node: string | null;
};

export type SteadyLoadOptions = {
  readonly endpoints: readonly [Endpoint, Endpoint];
  readonly readers: number;
  readonly writers: number;
  readonly userId: string;
};

const thinkMs = 4;
const patienceMs = 10_000;

export class SteadyLoad {
  readonly #options: SteadyLoadOptions;
  readonly samples: Sample[] = [];
  #writes = 0;

  constructor(options: SteadyLoadOptions) {
    this.#options = options;
  }

  /** Until the signal; every request that was begun has ended then. */
  async run(signal: AbortSignal): Promise<void> {
    const { readers, writers } = this.#options;
    await Promise.all([
      ...Array.from({ length: readers }, (_, index) => this.#read(index, signal)),
      ...Array.from({ length: writers }, (_, index) => this.#write(index, signal)),
    ]);
  }

  async #read(client: number, signal: AbortSignal): Promise<void> {
    const { data, token } = await this.#ask(client, documents.create, { input: this.#input() }, []);
    const id = (data?.result as { order?: { id: string } } | undefined)?.order?.id;
    if (id === undefined) throw new Error('the order of a reader could not be made');
    const held = { token };
    while (!signal.aborted) {
      await this.#sample('read', async () => {
        const answer = await this.#ask(client, documents.one, { id }, held.token === null ? [] : [held.token]);
        held.token = answer.token ?? held.token;
        return answer;
      });
      await systemClock.sleep(thinkMs);
    }
  }

  async #write(client: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#sample('write', () => this.#ask(client, documents.create, { input: this.#input() }, []));
      await systemClock.sleep(thinkMs * 4);
    }
  }

  async #sample(kind: Sample['kind'], request: () => Promise<Answer>): Promise<void> {
    const startedMs = systemClock.monotonic();
    const told = await request().then(
      ({ errors, data, served }) => ({ error: errors[0]?.code ?? refusalIn(data), node: served?.node ?? null }),
      () => ({ error: 'NO_ANSWER', node: null }),
    );
    this.samples.push({ kind, startedMs, endedMs: systemClock.monotonic(), ...told });
    // Nobody hammers a server that just refused.
    if (told.error !== null) await systemClock.sleep(20);
  }

  async #ask(
    client: number,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    tokens: readonly string[],
  ): Promise<Answer> {
    const [first, second] = this.#options.endpoints;
    const [own, other] = client % 2 === 0 ? [first, second] : [second, first];
    const request = { query, variables, tokens, signal: AbortSignal.timeout(patienceMs) };
    try {
      return await ask(own, request);
    } catch (error) {
      // A load balancer would have sent it to the other one; a write carries its key.
      if (request.signal.aborted) throw error;
      return await ask(other, request);
    }
  }

  #input() {
    this.#writes += 1;
    const { userId } = this.#options;
    const items = [{ sku: 'TIDE-2', name: 'Lead line', quantity: 1, unitPrice: '3.00' }];
    return { userId, currency: 'EUR', items, idempotencyKey: `steady-${userId}-${this.#writes}` };
  }
}

function refusalIn(data: Answer['data']): string | null {
  const result = data?.result as { code?: string } | undefined;
  return result?.code ?? null;
}
