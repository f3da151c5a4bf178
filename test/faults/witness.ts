// Hears what every API process tells of the cluster, and goes on hearing when one of them is replaced.
import { systemClock } from '../../src/platform/clock.ts';
import { type Subscription, subscribe } from '../support/server-sent-events.ts';
import type { ApiPlace } from './stage.ts';

export type HeardEvent = {
  readonly name: string;
  readonly node: string | null;
  /** Which API process told it. */
  readonly place: number;
  /** On the monotonic clock. */
  readonly atMs: number;
};

const query = 'subscription { clusterEvents { name node at } }';
const askAgainMs = 200;

export class Witness {
  readonly #subscriptions: { readonly place: number; readonly subscription: Subscription }[] = [];
  readonly #closing = new AbortController();
  readonly #listening: readonly Promise<void>[];

  constructor(places: readonly ApiPlace[]) {
    this.#listening = places.map((place, index) => this.#listen(place, index));
  }

  heard(): readonly HeardEvent[] {
    // Events carry the time of day.
    const offsetMs = systemClock.now() - systemClock.monotonic();
    return this.#subscriptions
      .flatMap(({ place, subscription }) =>
        subscription.told
          .filter((event) => event != null)
          .map(({ name, node, at }) => ({ name, node, place, atMs: Date.parse(at) - offsetMs })),
      )
      .sort((a, b) => a.atMs - b.atMs);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { subscription } of this.#subscriptions) subscription.leave();
    await Promise.all(this.#listening);
  }

  async #listen(place: ApiPlace, index: number): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const subscription = await subscribe(place.url, query).catch(() => null);
      if (subscription !== null) {
        this.#subscriptions.push({ place: index, subscription });
        if (signal.aborted) subscription.leave();
        await subscription.ended.catch(() => undefined);
      }
      await systemClock.sleep(askAgainMs, { signal }).catch(() => undefined);
    }
  }
}
