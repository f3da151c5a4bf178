import { part } from '../part.ts';
import { integer, integerOrOff, oneOf, portNumber } from '../values.ts';
import { variable } from '../variable.ts';

/** How background work is carried out. */
export const jobs = part(
  'Background jobs',
  {
    workers: variable('JOBS', oneOf('on', 'off'), {
      default: 'on',
      about:
        '`off`: other processes work on jobs, such as the command `worker`. Jobs need `REDIS_URL` and `PAYMENTS_URL`.',
    }),
    concurrency: variable('JOB_CONCURRENCY', integer(1, 1000), {
      default: 4,
      about: 'Orders that one process works on at once.',
    }),
    ratePerS: variable('JOB_RATE_PER_S', integer(1, 100_000), {
      default: 25,
      about: 'Orders that all processes together begin in a second.',
    }),
    attempts: variable('JOB_ATTEMPTS', integer(1, 100), {
      default: 10,
      about: 'Attempts before an order is given up and kept as a dead letter.',
    }),
    firstPauseMs: variable('JOB_FIRST_PAUSE_MS', integer(1, 600_000), {
      default: 500,
      about: 'Pause after the first attempt; each further one is twice as long.',
    }),
    maxPauseMs: variable('JOB_MAX_PAUSE_MS', integer(1, 3_600_000), { default: 30_000, about: 'Longest such pause.' }),
    lockMs: variable('JOB_LOCK_MS', integer(500, 600_000), {
      default: 10_000,
      about:
        'A worker that reports nothing about an order for this long is considered dead, and the order is taken up again.',
    }),
    graceMs: variable('JOB_GRACE_MS', integer(0, 60_000), {
      default: 5000,
      about: 'How long orders in hand may take when a worker is stopped; then they go back to the queue.',
    }),
    maxWaiting: variable('JOB_MAX_WAITING', integer(1, 10_000_000), {
      default: 50_000,
      about: 'Orders that may wait at once (about 1.3 kB of Redis each); more get `TOO_MANY_JOBS`.',
    }),
    maxWaitingPerClient: variable('JOB_MAX_WAITING_PER_CLIENT', integer(1, 10_000_000), {
      unset: 'half of `JOB_MAX_WAITING`',
      about: 'The same for one client.',
    }),
    refreshEveryMs: variable('REFRESH_INTERVAL_MS', integerOrOff(100, 86_400_000), {
      default: 60_000,
      about: 'How often new orders are fetched from the provider; `off`: never.',
    }),
    port: variable('WORKER_PORT', portNumber, {
      about: 'Port on which the command `worker` serves `/livez`, `/readyz` and `/metrics`; 0 takes any free port.',
    }),
  },
  {
    complete: ({ maxWaitingPerClient, ...values }) => ({
      ...values,
      maxWaitingPerClient: maxWaitingPerClient ?? Math.ceil(values.maxWaiting / 2),
    }),
  },
);
