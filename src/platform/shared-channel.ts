/**
 * Words that every process of the cluster hears, the one that says them included. At once here, through Redis elsewhere:
 * without Redis, or while it is gone, only the own process hears. Nothing is kept: who comes later has missed it.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from './redis.ts';

export type ChannelListener = (text: string) => void;

export class SharedChannel {
  readonly #redis: Redis | null;
  readonly #name: string;
  readonly #listeners = new Set<ChannelListener>();
  /** Redis tells everybody, also the one who spoke. */
  readonly #self = randomUUID();

  /** Before `redis` is started. */
  constructor(name: string, redis: Redis | null) {
    this.#redis = redis;
    this.#name = name;
    redis?.listen(name, (message) => {
      const space = message.indexOf(' ');
      if (message.slice(0, space) !== this.#self) this.#tell(message.slice(space + 1));
    });
  }

  /** False when nobody can hear. */
  get isHeard(): boolean {
    return this.#redis !== null || this.#listeners.size > 0;
  }

  /** Never throws and never waits: what Redis does not take is lost to the other processes. */
  publish(text: string): void {
    this.#tell(text);
    void this.#publish(text).catch(() => undefined);
  }

  async #publish(text: string): Promise<void> {
    const redis = this.#redis;
    await redis?.call('publish', [redis.key(this.#name), `${this.#self} ${text}`]);
  }

  /** The returned function ends it. */
  subscribe(listener: ChannelListener): () => void {
    const own: ChannelListener = (text) => listener(text);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** A listener that cannot make anything of a word, which may be of another version, does not keep others from hearing it. */
  #tell(text: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(text);
      } catch {
        // Missed, like a word that was said while nobody listened.
      }
    }
  }
}
