/**
 * A connection to Redis that never makes a caller wait.
 *
 *   GONE      --connected, and the greeting answered--> READY
 *   READY     --an answer is overdue--> SILENT                 callers are refused at once
 *   SILENT    --an answer--> READY
 *   READY     --the check is refused--> REFUSING               callers are refused at once, the check is retried
 *   REFUSING  --the check succeeds--> READY
 *   any       --socket closed, or SILENT for patienceMs, or a reply that says to go elsewhere--> GONE
 *                                                            and again after a backoff with jitter
 *
 * An answer alone is not enough: the check does what callers do. Nothing is queued: a call without a connection fails at once. There are
 * two kinds of silence: a short one may be a busy machine, and costs one caller its deadline; a long one is a server that hangs with
 * its sockets open.
 */
import { Redis } from 'ioredis';
import { backoffMs, jittered } from './backoff.ts';
import { CacheUnavailableError } from './cache-error.ts';
import type { Clock } from './clock.ts';
import { OverdueError, within } from './deadline.ts';
import { OwnClock } from './own-clock.ts';
import { clusterMode, redisFault } from './redis-fault.ts';
import { driverOptions, type RedisTarget } from './redis-target.ts';
import { connectionTrouble, LostError } from './redis-trouble.ts';

export type RedisConnectionOptions = {
  readonly target: RedisTarget;
  readonly clock: Clock;
  readonly random: () => number;
  /** Time limit of a call in milliseconds, unless it has its own. */
  readonly timeoutMs: number;
  /** Read on each connect. A connection that subscribes to channels can call nothing else. */
  readonly channels?: () => readonly string[];
  readonly onMessage?: (channel: string, text: string) => void;
  /** Sent right after the greeting and with each beat: does what callers do. `null` while only PING may be sent. */
  readonly check?: () => RedisCheck | null;
  /** Called with `null` when the connection is ready, and with the trouble when it is lost or refuses. */
  readonly onChange: (trouble: string | null) => void;
};

export type CallOptions = {
  /** Longer than the default: the call is then also tried while the server is silent. */
  readonly patienceMs?: number;
};

export type RedisCheck = {
  readonly command: string;
  readonly parts: readonly (string | number)[];
  readonly passed: (answer: unknown) => void;
};

/** A busy machine may take long for the few questions of the greeting. */
const connectWithinMs = 2000;
/** How long a start waits for the greeting. */
const startWithinMs = 500;
const patienceMs = 500;
const beatMs = 1000;
const reconnect = { firstMs: 50, factor: 2, maxMs: 2000 };
const goodbyeMs = 50;

export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #closing = new AbortController();
  /** How long a silent server is kept; time in which this process could not run does not count. */
  readonly #ownClock: Clock;
  #client: Redis | null = null;
  #silent = false;
  /** Why it refuses what callers need, if it does. */
  #refusal: string | null = null;
  #trouble = 'is not connected yet';
  #lose: (trouble: string) => void = () => undefined;
  #beat: () => void = () => undefined;
  #running: Promise<void> | null = null;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#ownClock = new OwnClock(options.clock);
  }

  /** Resolves after the first attempt, however it ended, or after a limit; keeps trying until `close`. */
  async start(): Promise<void> {
    const attempted = new Promise<void>((resolve) => {
      this.#running ??= this.#stayConnected(resolve);
    });
    await within(attempted, startWithinMs, this.#options.clock).catch(() => undefined);
  }

  /** For new channels, or a caller that cannot wait for the next beat. */
  reconnect(): void {
    this.#lose('is being reconnected');
  }

  /** Runs the check now. */
  doubt(): void {
    this.#beat();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#lose('is closed');
    await this.#running;
  }

  /** The reply, or a `CacheUnavailableError` within the deadline. */
  async call(command: string, parts: readonly (string | number)[], options: CallOptions = {}): Promise<unknown> {
    const client = this.#client;
    if (client === null) throw new CacheUnavailableError(this.#trouble);
    if (this.#silent && options.patienceMs === undefined) throw new CacheUnavailableError('does not answer');
    if (this.#refusal !== null) throw new CacheUnavailableError(this.#refusal);
    return this.#send(client, command, parts, options);
  }

  async #send(
    client: Redis,
    command: string,
    parts: readonly (string | number)[],
    options: CallOptions = {},
  ): Promise<unknown> {
    const answer = client.call(command, ...parts);
    try {
      return await within(answer, options.patienceMs ?? this.#options.timeoutMs, this.#options.clock);
    } catch (error) {
      if (error instanceof OverdueError) this.#listenFor(answer, client);
      const trouble = connectionTrouble(error);
      if (error instanceof Error && isReply(error)) this.#heed(redisFault(error.message).reaction, trouble, client);
      throw new CacheUnavailableError(trouble, error);
    }
  }

  /** If one caller was refused, all are: the check finds out at once. */
  #heed(reaction: ReturnType<typeof redisFault>['reaction'], trouble: string, client: Redis): void {
    if (this.#client !== client) return;
    if (reaction === 'LEAVE') this.#lose(trouble);
    else if (reaction !== 'FAULT') this.#beat();
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
        await within(this.#greet(client, failed), connectWithinMs, this.#ownClock);
        attempt = 0;
        this.#silent = false;
        this.#refusal = null;
        this.#client = client;
        const checked = await Promise.race([this.#check(client), failed]);
        onChange(checked);
        attempted();
        await this.#keepBeating(client, lost);
        this.#trouble = await lost;
      } catch (error) {
        this.#trouble = connectionTrouble(error);
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
    const client = new Redis({
      ...driverOptions(this.#options.target),
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      disableClientInfo: true,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: connectWithinMs,
      disconnectTimeout: goodbyeMs,
      // The loop above reconnects with a new client.
      retryStrategy: null,
      sentinelRetryStrategy: () => null,
    });
    client.on('message', (channel, text) => this.#options.onMessage?.(channel, text));
    return client;
  }

  /** Resolves with the reason when this client has become useless. */
  #loss(client: Redis): Promise<string> {
    return new Promise((resolve) => {
      this.#lose = resolve;
      client.on('error', (error) => resolve(connectionTrouble(error)));
      client.on('end', () => resolve('closed the connection'));
    });
  }

  /** A server that is starting, or requires another password, accepts the connection and refuses the greeting. */
  async #greet(client: Redis, failed: Promise<never>): Promise<void> {
    const channels = this.#options.channels?.() ?? [];
    // The cause of a lost connection is known a moment after its call fails, and a refused password or database is known later than
    // the reply to what was sent along.
    const reason = (error: Error) => (isReply(error) || error instanceof LostError ? Promise.reject(error) : failed);
    await client.connect().catch(reason);
    await Promise.race([client.ping().catch(reason), failed]);
    await Promise.race([this.#checkRole(client).catch(reason), failed]);
    const greeting = channels.length === 0 ? client.ping() : client.subscribe(...channels);
    await Promise.race([greeting.catch(reason), failed]);
  }

  /** Some accounts may not ask: then the check decides. */
  async #checkRole(client: Redis): Promise<void> {
    const text = String(await client.call('info').catch(() => ''));
    if (/^cluster_enabled:1\b/m.test(text)) throw new LostError(clusterMode);
    if (/^role:slave\b/m.test(text)) throw new LostError(redisFault('READONLY').trouble);
  }

  /** `null`, or why what callers need is refused. */
  async #check(client: Redis): Promise<string | null> {
    const check = this.#options.channels === undefined ? (this.#options.check?.() ?? null) : null;
    try {
      const { command, parts } = check ?? { command: 'ping', parts: [] };
      check?.passed(await this.#send(client, command, parts));
      this.#refusal = null;
    } catch (error) {
      const cause = error instanceof CacheUnavailableError ? error.cause : error;
      // A late answer is silence, not a refusal.
      if (cause instanceof Error && isReply(cause)) this.#refusal = connectionTrouble(cause);
    }
    return this.#refusal;
  }

  /** An idle connection would not notice that the server hangs, or has been emptied, filled or demoted. */
  async #keepBeating(client: Redis, lost: Promise<string>): Promise<void> {
    const { clock, random, onChange } = this.#options;
    const ended = new AbortController();
    void lost.then(() => ended.abort());
    while (!ended.signal.aborted) {
      const early = new AbortController();
      this.#beat = () => early.abort();
      const pauseMs = jittered(beatMs, random);
      const signal = AbortSignal.any([ended.signal, early.signal]);
      await clock.sleep(pauseMs, { signal, unref: true }).catch(() => undefined);
      if (ended.signal.aborted) break;
      const before = this.#refusal;
      const now = await this.#check(client);
      if (now !== before && !ended.signal.aborted) onChange(now);
    }
    this.#beat = () => undefined;
  }

  #listenFor(answer: Promise<unknown>, client: Redis): void {
    if (this.#silent || this.#client !== client) return;
    this.#silent = true;
    const lose = this.#lose;
    const heard = () => {
      if (this.#client === client) this.#silent = false;
    };
    within(answer, patienceMs, this.#ownClock).then(heard, (error) =>
      error instanceof OverdueError ? lose('does not answer') : heard(),
    );
  }
}

function fail(trouble: string): never {
  throw new LostError(trouble);
}

/** An error reply of the server. */
function isReply(error: Error): boolean {
  return error.name === 'ReplyError';
}
