/**
 * A fair queue: one task runs at a time. Each client has a bounded queue of its own, and the queues are served in turn. So a client with
 * many tasks delays itself, and every other client by one task at most.
 */
import { Shares } from './shares.ts';

type Bounds = { readonly maxWaiting: number; readonly maxWaitingPerClient: number };

export class FairTurns {
  readonly #places: Shares;
  /** The next client comes first. */
  readonly #lines = new Map<string, (() => void)[]>();
  #isTaken = false;

  constructor({ maxWaiting, maxWaitingPerClient }: Bounds) {
    this.#places = new Shares(maxWaiting, maxWaitingPerClient);
  }

  get waiting(): number {
    return this.#places.count;
  }

  /** True if the turn is taken now, `null` if the queue is full; else resolves on this task's turn. Each turn is given back once. */
  take(client: string, signal?: AbortSignal): true | Promise<void> | null {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return true;
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#places.take(client) !== null) return null;
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#leave(client, go);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const line = this.#lines.get(client);
      if (line === undefined) this.#lines.set(client, [go]);
      else line.push(go);
    });
  }

  giveBack(): void {
    for (const [client, line] of this.#lines) {
      // Behind the other clients.
      this.#lines.delete(client);
      this.#lines.set(client, line);
      const [go] = line;
      if (go === undefined) continue;
      this.#leave(client, go);
      go();
      return;
    }
    this.#isTaken = false;
  }

  #leave(client: string, go: () => void): void {
    const line = (this.#lines.get(client) ?? []).filter((other) => other !== go);
    if (line.length > 0) this.#lines.set(client, line);
    else this.#lines.delete(client);
    this.#places.giveBack(client);
  }
}
