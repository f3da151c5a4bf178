/**
 * What the processes of one cluster share: small values that may be lost, and messages. Everything here can fail at any moment;
 * correctness must not depend on it.
 *
 * The database servers identify the cluster: until `identify`, nothing is read, written or received here. Each beat checks a mark left
 * by the first process, so that all processes notice when Redis has been emptied.
 */
import { randomUUID } from 'node:crypto';
import { CacheUnavailableError } from './cache-error.ts';
import type { Clock } from './clock.ts';
import { type CallOptions, type RedisCheck, RedisConnection } from './redis-connection.ts';
import { clusterMode } from './redis-fault.ts';
import type { RedisTarget } from './redis-target.ts';

export type RedisOptions = {
  readonly target: RedisTarget;
  /** Begins every key and channel, so that clusters can share a Redis. `null` until `identify`. */
  readonly prefix: string | null;
  readonly clock: Clock;
  readonly random: () => number;
  /** Time limit of a call, in milliseconds. */
  readonly timeoutMs: number;
};

type MessageListener = (text: string) => void;
type ChangeListener = (trouble: string | null) => void;

const unidentified = 'is not used yet: no database server has identified the cluster';
/** Longer than any pause of a process. */
const markMs = 7 * 24 * 3600 * 1000;

// A write, because that is what a demoted or full server refuses.
const leaveMark = `
local mark = redis.call('GET', KEYS[1]) or ARGV[1]
redis.call('SET', KEYS[1], mark, 'PX', ${markMs})
return mark`;

export class Redis {
  readonly #calls: RedisConnection;
  readonly #messages: RedisConnection;
  readonly #subscribers = new Map<string, MessageListener>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #emptiedListeners = new Set<() => void>();
  /** `undefined` until known. */
  readonly #troubles: { calls?: string | null; messages?: string | null } = {};
  #prefix: string | null;
  #mark: string | null = null;
  #told: string | null | undefined;
  #started = false;

  constructor({ prefix, ...options }: RedisOptions) {
    this.#prefix = prefix;
    this.#calls = new RedisConnection({
      ...options,
      check: () => this.#check(),
      onChange: (trouble) => this.#change('calls', trouble),
    });
    this.#messages = new RedisConnection({
      ...options,
      channels: () => [...this.#subscribers.keys()].map((name) => this.key(name)),
      onMessage: (channel, text) => this.#hear(channel, text),
      onChange: (trouble) => this.#change('messages', trouble),
    });
  }

  /** The trouble, phrased to follow "Redis"; `null` if it works. */
  get trouble(): string | null {
    if (this.#prefix === null) return unidentified;
    const { calls, messages } = this.#troubles;
    if (calls === undefined || messages === undefined) return calls ?? messages ?? 'has not been reached yet';
    return calls ?? messages;
  }

  /** Why it can never be used, else `null`: in cluster mode it would take only some of our keys, and none of our scripts. */
  get unusable(): string | null {
    return this.#troubles.calls === clusterMode ? clusterMode : null;
  }

  /** Begins every key and channel; `null` until known. */
  get prefix(): string | null {
    return this.#prefix;
  }

  /** Resolves when it is known whether Redis answers, within half a second. Never rejects. */
  async start(): Promise<void> {
    this.#started = true;
    await Promise.all([this.#calls.start(), this.#prefix === null ? null : this.#startMessages()]);
  }

  /** Sets the cluster that owns all keys and channels. Resolves when it is known whether they can be reached. */
  async identify(prefix: string): Promise<void> {
    if (prefix === this.#prefix) return;
    const before = this.#prefix;
    this.#prefix = prefix;
    this.#mark = null;
    if (!this.#started) return;
    if (before !== null) this.#messages.reconnect();
    // Writing the mark also shows whether writes are accepted.
    this.#calls.doubt();
    await this.#startMessages();
    this.#tell();
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#emptiedListeners.clear();
    await Promise.all([this.#calls.close(), this.#messages.close()]);
  }

  /** The full name of a key or channel. Throws `CacheUnavailableError` until known. */
  key(...words: readonly string[]): string {
    if (this.#prefix === null) throw new CacheUnavailableError(unidentified);
    return this.#prefix + words.join(':');
  }

  /** Rejects with `CacheUnavailableError`, at once if Redis is known not to answer. */
  async call(command: string, parts: readonly (string | number)[], options?: CallOptions): Promise<unknown> {
    if (this.#prefix === null) throw new CacheUnavailableError(unidentified);
    return this.#calls.call(command, parts, options);
  }

  /** Runs a script on full key names, atomically. */
  run(
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[],
    options?: CallOptions,
  ): Promise<unknown> {
    return this.call('eval', [script, keys.length, ...keys, ...values], options);
  }

  /** One listener per channel, by its name without the prefix, before `start`. Messages sent during a disconnect are lost. */
  listen(name: string, listener: MessageListener): void {
    this.#subscribers.set(name, listener);
  }

  /** Calls `listener` with `null` when Redis works, and with the trouble when it does not. The returned function unsubscribes. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` when Redis has been emptied, while connected or during a disconnect. */
  onEmptied(listener: () => void): () => void {
    this.#emptiedListeners.add(listener);
    return () => this.#emptiedListeners.delete(listener);
  }

  async #startMessages(): Promise<void> {
    if (this.#subscribers.size === 0) this.#troubles.messages = null;
    else await this.#messages.start();
  }

  #hear(channel: string, text: string): void {
    const prefix = this.#prefix ?? '';
    if (channel.startsWith(prefix)) this.#subscribers.get(channel.slice(prefix.length))?.(text);
  }

  #check(): RedisCheck | null {
    const prefix = this.#prefix;
    if (prefix === null) return null;
    return {
      command: 'eval',
      parts: [leaveMark, 1, `${prefix}mark`, randomUUID()],
      passed: (mark) => {
        if (typeof mark !== 'string' || prefix !== this.#prefix) return;
        const emptied = this.#mark !== null && this.#mark !== mark;
        this.#mark = mark;
        if (emptied) for (const listener of this.#emptiedListeners) listener();
      },
    };
  }

  #change(which: 'calls' | 'messages', trouble: string | null): void {
    this.#troubles[which] = trouble;
    this.#tell();
  }

  /** One state for both connections, because it is one server. */
  #tell(): void {
    const { calls, messages } = this.#troubles;
    const isKnown =
      this.#prefix !== null && (calls != null || messages != null || (calls === null && messages === null));
    if (!isKnown) return;
    const now = this.trouble;
    if (this.#told !== undefined && (now === null) === (this.#told === null)) return;
    this.#told = now;
    for (const listener of this.#listeners) listener(now);
  }
}
