/** Whose share was used up: that of all together, or the one that a single client may have. */
export type UsedUp = 'all' | 'client';

/** How many of something there are, in all and for each client, and how many there may be. */
export class Shares {
  readonly #most: number;
  readonly #mostPerClient: number;
  readonly #byClient = new Map<string, number>();
  #count = 0;

  constructor(most: number, mostPerClient: number) {
    this.#most = most;
    this.#mostPerClient = mostPerClient;
  }

  get count(): number {
    return this.#count;
  }

  of(client: string): number {
    return this.#byClient.get(client) ?? 0;
  }

  /** `null`: it has so many more now. */
  take(client: string, amount = 1): UsedUp | null {
    const taken = this.#byClient.get(client) ?? 0;
    if (taken + amount > this.#mostPerClient) return 'client';
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
