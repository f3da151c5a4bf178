/**
 * One connection to Redis that never makes a caller wait.
 *
 *   GONE    --connected, and the greeting answered--> READY
 *   READY   --an answer is overdue--> SILENT                 callers are refused at once
 *   SILENT  --an answer--> READY
 *   any     --socket closed, or SILENT for patienceMs--> GONE   and again after a backoff that chance shortens
 *
 * Nothing is queued for later: a call that finds no connection fails at once. Two silences, because they mean two things: a
 * short one may be a busy machine, and costs one caller its deadline; a long one is a server that hangs with its sockets open.
 */
import { Redis } from 'ioredis';
import { backoffMs, jittered } from './backoff.ts';
import { CacheUnavailableError } from './cache-error.ts';
import type { Clock } from './clock.ts';
import { OverdueError, within } from './deadline.ts';

export type RedisConnectionOptions = {
  readonly url: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** How long a call may take, in milliseconds, unless it brings a patience of its own. */
  readonly timeoutMs: number;
  /** Read at each connect. A connection that listens to channels can call nothing else. */
  readonly channels?: () => readonly string[];
  readonly onMessage?: (channel: string, text: string) => void;
  /** Called with `null` when the connection is ready, and with what is wrong when it is gone. */
  readonly onChange: (trouble: string | null) => void;
};

export type CallOptions = {
  /** Longer than usual: then the call is also tried while the server is silent. */
  readonly patienceMs?: number;
};

const connectWithinMs = 500;
const patienceMs = 500;
const beatMs = 1000;
const reconnect = { firstMs: 50, factor: 2, maxMs: 2000 };
const goodbyeMs = 50;

export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #closing = new AbortController();
  #client: Redis | null = null;
  #silent = false;
  #trouble = 'is not connected yet';
  #lose: (trouble: string) => void = () => undefined;
  #running: Promise<void> | null = null;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
  }

  /** Resolves after the first attempt, however it ended; goes on trying until `close`. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running ??= this.#stayConnected(resolve);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#lose('is closed');
    await this.#running;
  }

  /** The answer, or a `CacheUnavailableError` within the deadline. */
  async call(command: string, parts: readonly (string | number)[], options: CallOptions = {}): Promise<unknown> {
    const client = this.#client;
    if (client === null) throw new CacheUnavailableError(this.#trouble);
    if (this.#silent && options.patienceMs === undefined) throw new CacheUnavailableError('does not answer');
    const answer = client.call(command, ...parts);
    try {
      return await within(answer, options.patienceMs ?? this.#options.timeoutMs, this.#options.clock);
    } catch (error) {
      if (error instanceof OverdueError) this.#listenFor(answer, client);
      throw new CacheUnavailableError(inWords(error), error);
    }
  }

  async #stayConnected(attempted: () => void): Promise<void> {
    const { clock, random, onChange } = this.#options;
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const client = this.#makeClient();
      const lost = this.#loss(client);
      try {
        const failed = lost.then(fail);
        failed.catch(() => undefined);
        await within(this.#greet(client, failed), connectWithinMs, clock);
        attempt = 0;
        this.#silent = false;
        this.#client = client;
        onChange(null);
        attempted();
        await this.#keepBeating(lost);
        this.#trouble = await lost;
      } catch (error) {
        this.#trouble = inWords(error);
      }
      this.#client = null;
      client.disconnect();
      if (!signal.aborted) onChange(this.#trouble);
      attempted();
      const pauseMs = backoffMs(attempt, reconnect, random);
      await clock.sleep(pauseMs, { signal, unref: true }).catch(() => undefined);
    }
  }

  #makeClient(): Redis {
    const client = new Redis(this.#options.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      disableClientInfo: true,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: connectWithinMs,
      disconnectTimeout: goodbyeMs,
      // The loop above connects again, with a client that remembers nothing.
      retryStrategy: null,
    });
    client.on('message', (channel, text) => this.#options.onMessage?.(channel, text));
    return client;
  }

  /** Resolves with the reason when this client is of no more use. */
  #loss(client: Redis): Promise<string> {
    return new Promise((resolve) => {
      this.#lose = resolve;
      client.on('error', (error) => resolve(inWords(error)));
      client.on('end', () => resolve('closed the connection'));
    });
  }

  /** A server that is starting, or wants another password, accepts the connection and refuses the greeting. */
  async #greet(client: Redis, failed: Promise<never>): Promise<void> {
    const channels = this.#options.channels?.() ?? [];
    // Why a connection was lost is known a moment after the call on it fails, and a refused password or database later
    // than the answer to what was sent along.
    const reason = (error: Error) => (isReply(error) ? Promise.reject(error) : failed);
    await client.connect().catch(reason);
    await Promise.race([client.ping().catch(reason), failed]);
    const greeting = channels.length === 0 ? client.ping() : client.subscribe(...channels);
    await Promise.race([greeting.catch(reason), failed]);
  }

  /** An idle connection would not notice that the server hangs. */
  async #keepBeating(lost: Promise<string>): Promise<void> {
    const { clock, random } = this.#options;
    const ended = new AbortController();
    void lost.then(() => ended.abort());
    while (!ended.signal.aborted) {
      const pauseMs = jittered(beatMs, random);
      await clock.sleep(pauseMs, { signal: ended.signal, unref: true }).catch(() => undefined);
      if (!ended.signal.aborted) await this.call('ping', []).catch(() => undefined);
    }
  }

  #listenFor(answer: Promise<unknown>, client: Redis): void {
    if (this.#silent || this.#client !== client) return;
    this.#silent = true;
    const lose = this.#lose;
    const heard = () => {
      if (this.#client === client) this.#silent = false;
    };
    within(answer, patienceMs, this.#options.clock).then(heard, (error) =>
      error instanceof OverdueError ? lose('does not answer') : heard(),
    );
  }
}

class LostError extends Error {}

function fail(trouble: string): never {
  throw new LostError(trouble);
}

/** An answer of the server, which says no. */
function isReply(error: Error): boolean {
  return error.name === 'ReplyError';
}

const knownFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOTFOUND: 'has a host name that nobody knows',
  ETIMEDOUT: 'did not accept the connection in time',
};

/** In our words, without addresses: clients may see it. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error instanceof OverdueError || error instanceof LostError) return error.message;
  if (isReply(error)) return `refused: ${error.message}`;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? 'closed the connection' : (knownFaults[code] ?? `failed with ${code}`);
}
