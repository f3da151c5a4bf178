import type { EnvironmentSettings } from './settings.ts';

/** How background work is done. */
export type JobsConfig = {
  /** `off`: other processes do it, such as `npm run worker`. It can be asked for all the same. */
  readonly workers: EnvironmentSettings['JOBS'];
  /** Tasks that one process has in hand at once. */
  readonly concurrency: number;
  /** Tasks that all processes together begin in a second: what the payment provider can bear. */
  readonly ratePerS: number;
  /** Tries before a task becomes a dead letter, and the pauses between them. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** A worker that says nothing about a task for so long is taken for dead. */
  readonly lockMs: number;
  /** How long tasks in hand may go on when a worker is stopped. */
  readonly graceMs: number;
  /** Orders that may wait, in all and of one client. */
  readonly maxWaiting: number;
  readonly maxWaitingPerClient: number;
  readonly refreshEveryMs: number | 'off';
  /** Where `npm run worker` shows how it is; 0 takes any free port, `null` shows nothing. */
  readonly port: number | null;
};

export type PaymentsConfig = {
  /** Without a slash at its end; `null` when there is no provider. */
  readonly url: string | null;
  /** Shown to the provider with every question. */
  readonly token: string | null;
  readonly timeoutMs: number;
};

export function jobsOf(settings: EnvironmentSettings): JobsConfig {
  return {
    workers: settings.JOBS,
    concurrency: settings.JOB_CONCURRENCY,
    ratePerS: settings.JOB_RATE_PER_S,
    attempts: settings.JOB_ATTEMPTS,
    firstPauseMs: settings.JOB_FIRST_PAUSE_MS,
    maxPauseMs: settings.JOB_MAX_PAUSE_MS,
    lockMs: settings.JOB_LOCK_MS,
    graceMs: settings.JOB_GRACE_MS,
    maxWaiting: settings.JOB_MAX_WAITING,
    maxWaitingPerClient: settings.JOB_MAX_WAITING_PER_CLIENT ?? Math.ceil(settings.JOB_MAX_WAITING / 2),
    refreshEveryMs: settings.REFRESH_INTERVAL_MS,
    port: settings.WORKER_PORT ?? null,
  };
}

export function paymentsOf(settings: EnvironmentSettings, localUrl: string | null): PaymentsConfig {
  const url = settings.PAYMENTS_URL ?? localUrl;
  return {
    url: url?.replace(/\/+$/, '') ?? null,
    token: settings.PAYMENTS_TOKEN ?? null,
    timeoutMs: settings.PAYMENTS_TIMEOUT_MS,
  };
}
