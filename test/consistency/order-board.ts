import type { Random } from './random.ts';

export type KnownOrder = { readonly id: string; readonly userId: string; version: number; gone: boolean };

/**
 * The orders that all sessions pick from, and the newest version anybody was told of. It carries names between sessions
 * behind the API's back, never tokens: what a session may expect to see of an order is not decided here.
 */
export class OrderBoard {
  readonly #orders = new Map<string, KnownOrder>();
  readonly #random: Random;
  #latest: string | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  created(id: string, userId: string, version: number): void {
    if (this.#orders.has(id)) return;
    this.#orders.set(id, { id, userId, version, gone: false });
    this.#latest = id;
  }

  learned(id: string, version: number): void {
    const order = this.#orders.get(id);
    if (order === undefined || version <= order.version) return;
    order.version = version;
    this.#latest = id;
  }

  gone(id: string): void {
    const order = this.#orders.get(id);
    if (order) order.gone = true;
  }

  get(id: string): KnownOrder | undefined {
    return this.#orders.get(id);
  }

  all(): KnownOrder[] {
    return [...this.#orders.values()];
  }

  living(): KnownOrder[] {
    return this.all().filter((order) => !order.gone);
  }

  of(userId: string): KnownOrder[] {
    return this.all().filter((order) => order.userId === userId);
  }

  /** The order that changed last: what two replicas are most likely to disagree on. */
  latest(): string | undefined {
    return this.#latest ?? undefined;
  }

  /** Young orders mostly: they are the ones that a late replica misses. Deleted ones too, for a while. */
  pick(): KnownOrder | undefined {
    return this.#random.pick(this.all().slice(-60));
  }

  pickLiving(): KnownOrder | undefined {
    return this.#random.pick(this.living());
  }
}
