import { Shares, type UsedUp } from '../platform/shares.ts';
import type { OwnPace } from './own-pace.ts';

/** A request whose body is arriving. `giveUp` is called when another one needs its place. */
export type WaitingBody = { readonly client: string; readonly giveUp: (usedUp: UsedUp) => void };

/** Nearly all bodies that arrive at all do so sooner than this. */
const slowMs = 1000;

/**
 * Arriving bodies, in all and for each client. If there is no room, the one that has been slow for the longest is dropped: a client
 * that sends a byte now and then does not keep out others.
 */
export class Bodies {
  readonly #shares: Shares;
  readonly #pace: OwnPace;
  /** Oldest first. */
  readonly #waiting = new Map<WaitingBody, number>();

  constructor(limits: { readonly bodies: number; readonly bodiesPerClient: number }, pace: OwnPace) {
    this.#shares = new Shares(limits.bodies, limits.bodiesPerClient);
    this.#pace = pace;
  }

  get count(): number {
    return this.#shares.count;
  }

  /** `null`: it has a place. */
  add(body: WaitingBody): UsedUp | null {
    let usedUp = this.#shares.take(body.client);
    if (usedUp !== null && this.#giveUpSlowest(usedUp, body.client)) usedUp = this.#shares.take(body.client);
    if (usedUp === null) this.#waiting.set(body, this.#pace.lived());
    return usedUp;
  }

  /** It is complete, or never will be. */
  remove(body: WaitingBody): void {
    if (this.#waiting.delete(body)) this.#shares.giveBack(body.client);
  }

  #giveUpSlowest(usedUp: UsedUp, client: string): boolean {
    const slowSinceMs = this.#pace.lived() - slowMs;
    for (const [body, sinceMs] of this.#waiting) {
      if (sinceMs > slowSinceMs) return false;
      if (usedUp === 'client' && body.client !== client) continue;
      this.remove(body);
      body.giveUp(usedUp);
      return true;
    }
    return false;
  }
}
