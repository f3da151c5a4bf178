// Many clients at once, each in its own loop: write, look, look again elsewhere, hand a token over. Bounded by time, steered
// by a seed. Sessions end and new ones begin, so that short pasts and long ones both occur.
import type { Clock } from '../../src/platform/clock.ts';
import { ClientSession, type Freshness } from './client-session.ts';
import type { Operation } from './history.ts';
import { OrderBoard } from './order-board.ts';
import { type LevelMix, OrderReads } from './order-reads.ts';
import { OrderWrites } from './order-writes.ts';
import type { Endpoint } from './orders-api.ts';
import type { Random } from './random.ts';
import { Recorder } from './recorder.ts';

export type WorkloadOptions = {
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly sessions: number;
  readonly tokens: boolean;
  readonly random: Random;
  readonly clock: Clock;
  /** Marks and customers of one run differ from those of every other run on the same database. */
  readonly firstWrite: number;
  readonly firstUser: number;
  /** How often reads ask for which level. */
  readonly levels?: LevelMix | undefined;
};

const timeoutMs = 8000;
const customers = 4;
const thinkMs = [2, 30] as const;
const lifetime = [20, 120] as const;

const freshnessMix = {
  default: { weight: 5, freshness: {} },
  shortWait: { weight: 2, freshness: { whenBehind: 'WAIT', waitMs: 10 } },
  longWait: { weight: 2, freshness: { whenBehind: 'WAIT', waitMs: 400 } },
  bypass: { weight: 3, freshness: { whenBehind: 'BYPASS' } },
  fail: { weight: 2, freshness: { whenBehind: 'FAIL', waitMs: 60 } },
} as const satisfies Record<string, { weight: number; freshness: Freshness }>;

const steps = { create: 10, update: 28, delete: 3, one: 16, many: 22, page: 7, again: 10, adopt: 4 } as const;

export class Workload {
  readonly #options: WorkloadOptions;
  readonly #recorder: Recorder;
  readonly #board: OrderBoard;
  readonly #current = new Map<number, ClientSession>();
  readonly #writes: OrderWrites;
  #sessions = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options.clock);
    this.#board = new OrderBoard(options.random.fork());
    this.#writes = new OrderWrites(this.#board, options.random.fork(), {
      firstWrite: options.firstWrite,
      users: this.#users(),
    });
  }

  operations(): Operation[] {
    return this.#recorder.operations();
  }

  /** Resolves when every request has its answer or has been given up. */
  async run(signal: AbortSignal): Promise<void> {
    const clients = Array.from({ length: this.#options.sessions }, (_, index) =>
      this.#client(index, this.#options.random.fork(), signal),
    );
    await Promise.all(clients);
  }

  /** Reads every order from the source, until each has an answer. Throws when that takes too long. */
  async readAtTheEnd(): Promise<void> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonic() + 30_000;
    const session = this.#newSession({}, this.#options.random.fork());
    const reads = new OrderReads(session, this.#board, this.#options.random.fork());
    const untilAnswered = async <T>(attempt: () => Promise<T | null>): Promise<T> => {
      for (;;) {
        const answer = await attempt();
        if (answer !== null) return answer;
        if (clock.monotonic() > deadlineMs) throw new Error('the source does not answer the final reads');
        await clock.sleep(200);
      }
    };
    for (const userId of this.#users()) {
      let after: string | null = null;
      do after = (await untilAnswered(() => reads.finalPage(userId, after))).next;
      while (after !== null);
    }
    const ids = this.#board.all().map((order) => order.id);
    for (let from = 0; from < ids.length; from += 50) {
      await untilAnswered(() => reads.final(ids.slice(from, from + 50)));
    }
  }

  async #client(place: number, random: Random, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const kind = random.weighted(weightsOf(freshnessMix));
      const session = this.#newSession(freshnessMix[kind].freshness, random.fork());
      this.#current.set(place, session);
      const reads = new OrderReads(session, this.#board, random.fork(), this.#options.levels);
      for (let left = random.between(...lifetime); left > 0 && !signal.aborted; left--) {
        const together = random.chance(0.1) ? random.between(2, 3) : 1;
        await Promise.all(Array.from({ length: together }, () => this.#step(session, reads, random)));
        await this.#options.clock.sleep(random.between(...thinkMs));
      }
    }
  }

  async #step(session: ClientSession, reads: OrderReads, random: Random): Promise<void> {
    const kind = random.weighted(steps);
    switch (kind) {
      case 'create':
      case 'update':
      case 'delete': {
        const order = await this.#writes[kind](session);
        if (order !== null && random.chance(0.6)) await reads.one(order);
        return;
      }
      case 'one':
        return await reads.one();
      case 'many':
        return await reads.many();
      case 'page':
        return await reads.page(random.pick(this.#users()) ?? '');
      case 'again': {
        const order = this.#board.latest();
        for (let left = random.between(2, 4); left > 0; left--) await reads.one(order);
        return;
      }
      case 'adopt': {
        const other = random.pick([...this.#current.values()]);
        if (other !== undefined && other !== session) session.adopt(other);
        return;
      }
      default:
        return kind satisfies never;
    }
  }

  #newSession(freshness: Freshness, random: Random): ClientSession {
    const { endpoints, tokens } = this.#options;
    return new ClientSession({
      id: ++this.#sessions,
      recorder: this.#recorder,
      endpoint: () => random.pick(endpoints) ?? endpoints[0],
      freshness,
      tokens,
      timeoutMs,
    });
  }

  #users(): string[] {
    return Array.from({ length: customers }, (_, index) => String(this.#options.firstUser + index));
  }
}

function weightsOf<Name extends string>(mix: Readonly<Record<Name, { weight: number }>>): Record<Name, number> {
  const entries = Object.entries(mix) as [Name, { weight: number }][];
  return Object.fromEntries(entries.map(([name, { weight }]) => [name, weight])) as Record<Name, number>;
}
