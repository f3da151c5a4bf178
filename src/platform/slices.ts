/**
 * Work that falls due for many at once, done a slice at a time: between two slices others have their turn. Who waits is served
 * client by client, so that one that has much to do keeps no other one waiting.
 */
type Waiting = { readonly points: number; readonly go: () => void };

export class Slices {
  readonly #points: number;
  readonly #standBack: () => Promise<void>;
  /** Whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #left: number;
  #renewing = false;

  /** Of a slice; the piece that fills it may be larger. */
  constructor(points: number, standBack: () => Promise<void>) {
    this.#points = points;
    this.#standBack = standBack;
    this.#left = points;
  }

  /** `null`: go on at once; else resolves when the piece of work has its turn. It is done before anything else is waited for. */
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
