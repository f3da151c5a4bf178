/**
 * Repeatedly writes an order and reads it back at once, as a client that carries the token or one that does not.
 *
 *   idle --start--> running --stop--> idle    the order of the loop is deleted
 *
 * The token may be switched while it runs: each round counts for the mode in which it began.
 */
import { createOrder, deleteOrder, LoopError, type LoopOrder, newestOrder, readOrder, writeOrder } from './loop-api.ts';
import { noRounds, type Round, type RoundStats, withFailure, withRound } from './round-stats.ts';

export type LoopState = {
  readonly running: boolean;
  readonly carriesToken: boolean;
  readonly withToken: RoundStats;
  readonly withoutToken: RoundStats;
  /** The last rounds, newest first. */
  readonly recent: readonly (Round & { readonly number: number; readonly carriedToken: boolean })[];
};

const pauseMs = 40;
const pauseAfterFaultMs = 500;
const keptRounds = 8;

export class WriteReadLoop {
  #state: LoopState = {
    running: false,
    carriesToken: true,
    withToken: noRounds,
    withoutToken: noRounds,
    recent: [],
  };
  readonly #listeners = new Set<() => void>();
  #rounds = 0;
  /** The current run; a run that finds another one here ends. */
  #run: object | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): LoopState => this.#state;

  start(): void {
    if (this.#run !== null) return;
    const run = {};
    this.#run = run;
    this.#change({ running: true });
    void this.#goOn(run);
  }

  stop(): void {
    this.#run = null;
    this.#change({ running: false });
  }

  carryToken(carriesToken: boolean): void {
    this.#change({ carriesToken });
  }

  clear(): void {
    this.#change({ withToken: noRounds, withoutToken: noRounds, recent: [] });
  }

  async #goOn(run: object): Promise<void> {
    let order: LoopOrder | null = null;
    while (this.#run === run) {
      const carried = this.#state.carriesToken;
      try {
        order ??= (await createOrder()).value;
        order = await this.#round(order, carried);
        await pause(pauseMs);
      } catch (error) {
        if (!(error instanceof LoopError)) throw error;
        this.#count(carried, (stats) => withFailure(stats, error.code));
        await pause(pauseAfterFaultMs);
        order = await recount(order);
      }
    }
    if (order !== null) await tidyUp(order);
  }

  async #round(order: LoopOrder, carried: boolean): Promise<LoopOrder> {
    const wrote = await writeOrder(order, null);
    const startedMs = performance.now();
    const read = await readOrder(order.id, carried ? wrote.token : null);
    const round: Round = {
      wrote: wrote.value.version,
      read: read.value?.version ?? null,
      node: read.node,
      role: read.role,
      reason: read.reason,
      readMs: performance.now() - startedMs,
    };
    this.#rounds += 1;
    const recent = [{ ...round, number: this.#rounds, carriedToken: carried }, ...this.#state.recent];
    this.#count(carried, (stats) => withRound(stats, round), recent.slice(0, keptRounds));
    return wrote.value;
  }

  #count(carried: boolean, change: (stats: RoundStats) => RoundStats, recent = this.#state.recent): void {
    const which = carried ? 'withToken' : 'withoutToken';
    this.#change({ [which]: change(this.#state[which]), recent });
  }

  #change(change: Partial<LoopState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The outcome of a failed write is unknown, so this reads the order. Without an answer it is abandoned and a new one created. */
async function recount(order: LoopOrder | null): Promise<LoopOrder | null> {
  if (order === null) return null;
  return newestOrder(order.id).then(
    ({ value }) => value,
    () => order,
  );
}

async function tidyUp(order: LoopOrder): Promise<void> {
  const newest = await recount(order);
  if (newest !== null) await deleteOrder(newest).catch(() => undefined);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
