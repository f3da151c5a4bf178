/**
 * Background work as one part of a process: what may be asked of it, who does it, and who hears of it. Everything goes through
 * one Redis; without one, nothing can be asked, and changed orders are told to this process only.
 */
import type { OrdersDatabase } from '../database/orders-client.ts';
import type { CommittedChange } from '../orders/order-change.ts';
import { OrderChanges } from '../orders/order-changes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { type Metrics, unmeasured } from '../platform/metrics.ts';
import { Redis } from '../platform/redis.ts';
import { HttpPayments } from './http-payments.ts';
import { measureJobs } from './job-metrics.ts';
import { JobRecords } from './job-records.ts';
import { JobSessions, type Tokens } from './job-sessions.ts';
import { JobWorkers } from './job-workers.ts';
import { type Jobs, noJobs } from './jobs.ts';
import { RedisJobs } from './redis-jobs.ts';
import type { RetryPolicy } from './task.ts';

export type BackgroundWorkOptions = {
  readonly redisUrl: string | null;
  readonly redis: { readonly prefix: string; readonly timeoutMs: number };
  readonly jobs: {
    readonly concurrency: number;
    readonly ratePerS: number;
    readonly retry: RetryPolicy;
    readonly lockMs: number;
    readonly graceMs: number;
    readonly refreshEveryMs: number | 'off';
  };
  readonly payments: { readonly url: string | null; readonly timeoutMs: number };
  readonly clusterId: string;
  readonly database: OrdersDatabase;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Logger;
  /** Counts and measures nothing unless told. */
  readonly metrics?: Metrics;
};

export class BackgroundWork {
  readonly orderChanges: OrderChanges;
  readonly jobs: Jobs;
  readonly #options: BackgroundWorkOptions;
  readonly #sessions: JobSessions;
  readonly #redis: Redis | null;
  readonly #asked: RedisJobs | null;
  readonly #workers: JobWorkers | null;
  #working = false;

  constructor(options: BackgroundWorkOptions) {
    this.#options = options;
    const { redisUrl, redis, clock, random } = options;
    this.#sessions = new JobSessions(options);
    this.#redis = redisUrl === null ? null : new Redis({ ...redis, url: redisUrl, clock, random });
    this.orderChanges = new OrderChanges(this.#redis);
    const parts = this.#redis === null || redisUrl === null ? null : this.#parts(this.#redis, redisUrl);
    this.#asked = parts?.asked ?? null;
    this.#workers = parts?.workers ?? null;
    this.jobs = this.#asked ?? noJobs;
    if (this.#asked !== null) measureJobs(this.#asked, options.metrics ?? unmeasured);
  }

  /** Whether there is anything to work with: a Redis and a payment provider. */
  get canWork(): boolean {
    return this.#workers !== null;
  }

  /** Tells who listens of a change; `epoch` is that of the session which made it. */
  announce(change: CommittedChange, epoch: number): void {
    this.orderChanges.publish(this.#sessions.announcement(change, epoch));
  }

  /** Resolves within a second, also when Redis is gone. */
  async start(): Promise<void> {
    await this.#redis?.start();
    this.#asked?.start();
  }

  /** After the database has started. */
  startWorkers(): void {
    this.#working = this.#workers !== null;
    this.#workers?.start();
  }

  endStreams(): void {
    this.orderChanges.close();
    this.#asked?.endStreams();
  }

  async stop(): Promise<void> {
    this.endStreams();
    if (this.#working) await this.#workers?.stop();
    await this.#asked?.stop();
    await this.#redis?.close();
  }

  #parts(redis: Redis, redisUrl: string): { asked: RedisJobs; workers: JobWorkers | null } {
    const { jobs, payments, clock, metrics = unmeasured } = this.#options;
    const shared = {
      ...this.#options,
      ...jobs,
      metrics,
      redis,
      redisUrl,
      prefix: this.#options.redis.prefix,
      records: new JobRecords(redis),
      sessions: this.#sessions,
    };
    const { url, timeoutMs } = payments;
    const workers =
      url === null
        ? null
        : new JobWorkers({
            ...shared,
            payments: new HttpPayments({ url, timeoutMs, clock }),
            announce: (change) => this.orderChanges.publish(change),
          });
    return { asked: new RedisJobs(shared), workers };
  }
}
