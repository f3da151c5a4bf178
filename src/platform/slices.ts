/**
 * Work that falls due for many clients at once, done in slices, with turns for other work in between. Clients are served in turn, so that
 * one with much work delays no other.
 */
type Waiting = { readonly points: number; readonly go: () => void };

export class Slices {
  readonly #points: number;
  readonly #standBack: () => Promise<void>;
  /** The next client comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #left: number;
  #renewing = false;

  /** Size of a slice; its last piece may exceed it. */
  constructor(points: number, standBack: () => Promise<void>) {
    this.#points = points;
    this.#standBack = standBack;
    this.#left = points;
  }

  /** `null`: continue at once; else resolves on the turn of this piece. It must run synchronously. */
  take(client: string, points: number): Promise<void> | null {
    const isFree = this.#waiting.size === 0 && this.#left > 0;
    const turn = isFree ? null : new Promise<void>((go) => this.#waitFor(client, { points, go }));
    if (isFree) this.#left -= points;
    if (!this.#renewing) void this.#renew();
    return turn;
  }

  #waitFor(client: string, waiting: Waiting): void {
    const before = this.#waiting.get(client);
    if (before === undefined) this.#waiting.set(client, [waiting]);
    else before.push(waiting);
  }

  async #renew(): Promise<void> {
    this.#renewing = true;
    do {
      await this.#standBack();
      this.#left = this.#points;
      while (this.#left > 0 && this.#waiting.size > 0) this.#goOn();
    } while (this.#left < this.#points);
    this.#renewing = false;
  }

  #goOn(): void {
    for (const [client, [next, ...others]] of this.#waiting) {
      this.#waiting.delete(client);
      if (others.length > 0) this.#waiting.set(client, others);
      if (next === undefined) return;
      this.#left -= next.points;
      next.go();
      return;
    }
  }
}
