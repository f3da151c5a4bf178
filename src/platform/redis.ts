/**
 * What the processes of one cluster share: small values that may be lost, and messages. Everything here can fail at any
 * moment; nothing that is true may depend on it.
 */
import type { Clock } from './clock.ts';
import { type CallOptions, RedisConnection } from './redis-connection.ts';

export type RedisOptions = {
  readonly url: string;
  /** Begins every key and channel: clusters that share a Redis do not meet. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs: number;
};

type MessageListener = (text: string) => void;
type ChangeListener = (trouble: string | null) => void;

export class Redis {
  readonly #prefix: string;
  readonly #calls: RedisConnection;
  readonly #messages: RedisConnection;
  readonly #subscribers = new Map<string, MessageListener>();
  readonly #listeners = new Set<ChangeListener>();
  /** `undefined` until it is known. */
  readonly #troubles: { calls?: string | null; messages?: string | null } = {};
  #told: string | null | undefined;

  constructor({ prefix, ...options }: RedisOptions) {
    this.#prefix = prefix;
    this.#calls = new RedisConnection({ ...options, onChange: (trouble) => this.#change('calls', trouble) });
    this.#messages = new RedisConnection({
      ...options,
      channels: () => [...this.#subscribers.keys()],
      onMessage: (channel, text) => this.#subscribers.get(channel)?.(text),
      onChange: (trouble) => this.#change('messages', trouble),
    });
  }

  /** Resolves when it is known whether Redis answers, within half a second. Never rejects. */
  async start(): Promise<void> {
    if (this.#subscribers.size === 0) this.#troubles.messages = null;
    const connections = this.#subscribers.size === 0 ? [this.#calls] : [this.#calls, this.#messages];
    await Promise.all(connections.map((connection) => connection.start()));
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([this.#calls.close(), this.#messages.close()]);
  }

  /** The full name of a key or channel. */
  key(...words: readonly string[]): string {
    return this.#prefix + words.join(':');
  }

  /** Rejects with `CacheUnavailableError`, at once when Redis is known not to answer. */
  call(command: string, parts: readonly (string | number)[], options?: CallOptions): Promise<unknown> {
    return this.#calls.call(command, parts, options);
  }

  /** Runs a script on full key names, in one step that nobody else comes between. */
  run(
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[],
    options?: CallOptions,
  ): Promise<unknown> {
    return this.#calls.call('eval', [script, keys.length, ...keys, ...values], options);
  }

  /** One listener a channel, named before `start`. Messages sent while the connection is gone are lost. */
  listen(channel: string, listener: MessageListener): void {
    this.#subscribers.set(channel, listener);
  }

  /** Calls `listener` with `null` when Redis answers, and with what is wrong when it does not. The returned function ends it. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One word for both connections: it is one server. */
  #change(which: 'calls' | 'messages', trouble: string | null): void {
    this.#troubles[which] = trouble;
    const { calls, messages } = this.#troubles;
    const now = calls ?? messages ?? (calls === null && messages === null ? null : undefined);
    if (now === undefined || (this.#told !== undefined && (now === null) === (this.#told === null))) return;
    this.#told = now;
    for (const listener of this.#listeners) listener(now);
  }
}
