/**
 * Background jobs as one part of a process: what can be requested, who does it, and who is notified. Everything goes through one
 * Redis; without it no job can be requested, and changed orders are announced in this process only.
 */
import type { Tokens } from '../consistency/tokens.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { ChangedOrder } from '../orders/order-change.ts';
import { OrderChanges } from '../orders/order-changes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { type Metrics, unmeasured } from '../platform/metrics.ts';
import type { Redis } from '../platform/redis.ts';
import type { RedisTarget } from '../platform/redis-target.ts';
import { HttpPayments } from './http-payments.ts';
import { measureJobs } from './job-metrics.ts';
import { JobRecords } from './job-records.ts';
import { JobSessions } from './job-sessions.ts';
import { JobWorkers } from './job-workers.ts';
import { type Jobs, noJobs } from './jobs.ts';
import { RedisJobs } from './redis-jobs.ts';
import type { RetryPolicy } from './task.ts';

export type BackgroundWorkOptions = {
  /** The connection settings of the queues, and the client for everything else. Its owner starts it before this and closes it afterwards. */
  readonly redis: Redis | null;
  readonly target: RedisTarget | null;
  readonly jobs: RetryPolicy & {
    readonly concurrency: number;
    readonly ratePerS: number;
    readonly lockMs: number;
    readonly graceMs: number;
    readonly refreshEveryMs: number | 'off';
    readonly maxWaiting: number;
    readonly maxWaitingPerClient: number;
  };
  readonly payments: { readonly url: string | null; readonly token: string | null; readonly timeoutMs: number };
  readonly clusterId: string;
  readonly database: OrdersDatabase;
  readonly tokens: Pick<Tokens, 'decode' | 'encode'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Logger;
  /** Default: no metrics. */
  readonly metrics?: Metrics;
};

export class BackgroundWork {
  readonly orderChanges: OrderChanges;
  readonly jobs: Jobs;
  readonly #options: BackgroundWorkOptions;
  readonly #sessions: JobSessions;
  readonly #asked: RedisJobs | null;
  readonly #workers: JobWorkers | null;
  readonly #unsubscribe: () => void;
  #working = false;
  #stopped = false;
  #prefix: string | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: BackgroundWorkOptions) {
    this.#options = options;
    const { target, redis } = options;
    this.#sessions = new JobSessions(options);
    this.orderChanges = new OrderChanges(redis, (earlier, token) => this.#sessions.join(earlier, token));
    const parts = redis === null || target === null ? null : this.#parts(redis, target);
    this.#asked = parts?.asked ?? null;
    this.#workers = parts?.workers ?? null;
    this.jobs = this.#asked ?? noJobs;
    this.#unsubscribe = options.database.committed.subscribe((commit) => {
      const { change } = commit;
      if (change instanceof ChangedOrder) this.orderChanges.publish(() => this.#sessions.announcement(change, commit));
    });
    if (this.#asked !== null) measureJobs(this.#asked, options.metrics ?? unmeasured);
  }

  /** Identifies the owner of the queues: from now on jobs can be requested, and are worked on if `startWorkers` was called. */
  async identify(prefix: string): Promise<void> {
    await this.#inTurn(async () => {
      if (prefix === this.#prefix || this.#stopped) return;
      if (this.#prefix !== null) await this.#close();
      this.#prefix = prefix;
      this.#asked?.start(prefix);
      if (this.#working) this.#workers?.start(prefix);
    });
  }

  /** After the database has started. Also works while Redis is down. */
  startWorkers(): void {
    if (this.#asked !== null && this.#workers === null) {
      this.#options.log.info('PAYMENTS_URL is missing: background jobs are left to other processes');
    }
    void this.#inTurn(async () => {
      if (this.#working || this.#stopped) return;
      this.#working = this.#workers !== null;
      if (this.#prefix !== null) this.#workers?.start(this.#prefix);
    });
  }

  endStreams(): void {
    this.orderChanges.close();
    this.#asked?.endStreams();
  }

  async stop(): Promise<void> {
    this.endStreams();
    try {
      await this.#inTurn(async () => {
        this.#stopped = true;
        if (this.#prefix !== null) await this.#close();
      });
    } finally {
      // Only now: what the last tasks changed is announced as well.
      this.#unsubscribe();
    }
  }

  async #close(): Promise<void> {
    // In parallel: one that waits for its timeout because Redis is down must not add to another's.
    await Promise.all([this.#working ? this.#workers?.stop() : null, this.#asked?.stop()]);
  }

  /** Opening and closing never overlap. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #parts(redis: Redis, target: RedisTarget): { asked: RedisJobs; workers: JobWorkers | null } {
    const { jobs, payments, clock, metrics = unmeasured } = this.#options;
    const shared = {
      ...this.#options,
      ...jobs,
      retry: jobs,
      metrics,
      redis,
      target,
      records: new JobRecords(redis),
      sessions: this.#sessions,
    };
    const { url } = payments;
    const workers =
      url === null
        ? null
        : new JobWorkers({
            ...shared,
            payments: new HttpPayments({ ...payments, url, clock }),
          });
    return { asked: new RedisJobs(shared), workers };
  }
}
