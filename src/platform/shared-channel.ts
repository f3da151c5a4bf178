/**
 * Messages to every process of the cluster, including the sender. Delivered at once here and through Redis elsewhere: without Redis,
 * or while it is down, only the own process receives them. Nothing is stored.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from './redis.ts';

export type ChannelListener = (text: string) => void;

export class SharedChannel {
  readonly #redis: Redis | null;
  readonly #name: string;
  readonly #listeners = new Set<ChannelListener>();
  /** Redis delivers to all subscribers, including the sender. */
  readonly #self = randomUUID();

  /** Must be called before `redis` is started. */
  constructor(name: string, redis: Redis | null) {
    this.#redis = redis;
    this.#name = name;
    redis?.listen(name, (message) => {
      const space = message.indexOf(' ');
      if (message.slice(0, space) !== this.#self) this.#tell(message.slice(space + 1));
    });
  }

  /** False if there is no listener. */
  get isHeard(): boolean {
    return this.#redis !== null || this.#listeners.size > 0;
  }

  /** Never throws and never waits: what Redis does not accept is lost to the other processes. */
  publish(text: string): void {
    this.#tell(text);
    void this.#publish(text).catch(() => undefined);
  }

  async #publish(text: string): Promise<void> {
    const redis = this.#redis;
    await redis?.call('publish', [redis.key(this.#name), `${this.#self} ${text}`]);
  }

  /** The returned function unsubscribes. */
  subscribe(listener: ChannelListener): () => void {
    const own: ChannelListener = (text) => listener(text);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** A listener that fails on a message, which may be of another version, does not affect the others. */
  #tell(text: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(text);
      } catch {
        // Lost, like a message without a listener.
      }
    }
  }
}
