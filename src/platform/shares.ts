/** Which quota is used up: that of all together, or that of a single client. */
export type UsedUp = 'all' | 'client';

/** Usage of a quota, in all and per client, and its limits. */
export class Shares {
  readonly #most: number;
  readonly #maxPerClient: number;
  readonly #byClient = new Map<string, number>();
  #count = 0;

  constructor(most: number, maxPerClient: number) {
    this.#most = most;
    this.#maxPerClient = maxPerClient;
  }

  get count(): number {
    return this.#count;
  }

  of(client: string): number {
    return this.#byClient.get(client) ?? 0;
  }

  /** `null`: the amount has been granted. */
  take(client: string, amount = 1): UsedUp | null {
    const taken = this.#byClient.get(client) ?? 0;
    if (taken + amount > this.#maxPerClient) return 'client';
    if (this.#count + amount > this.#most) return 'all';
    this.#byClient.set(client, taken + amount);
    this.#count += amount;
    return null;
  }

  giveBack(client: string, amount = 1): void {
    const taken = this.#byClient.get(client);
    if (taken === undefined) return;
    this.#count -= amount;
    if (taken <= amount) this.#byClient.delete(client);
    else this.#byClient.set(client, taken - amount);
  }
}
