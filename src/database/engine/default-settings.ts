import type { ConsistencyRequest } from '../../consistency/consistency-request.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';

/** A node that is down is probed more often than a healthy one, so that its return is noticed soon. */
export const downIntervalMs = 250;
/** `sliceMs`: how long one wait for a position blocks in a server before the position is read again. */
export const trackerDefaults = { sliceMs: 25, maxWaiters: 10_000 } as const;

/** What a read requires if it does not say. */
export const defaultIntent: ConsistencyRequest = {
  level: 'SESSION',
  whenBehind: 'WAIT',
  waitMs: 50,
  maxStalenessMs: null,
};

/** The settings of an engine that is opened without any. A test compares them with those of the API. */
export function defaultSettings() {
  return {
    clock: systemClock,
    random: Math.random,
    log: createLog({ level: 'warn', format: 'json' }),
    pool: { connectionsPerNode: 16, acquireTimeoutMs: 2000, statementTimeoutMs: 10_000 },
    transactionTimeoutMs: 10_000,
    sourceReadsLimit: 64,
    nodePatienceMs: 50,
    health: { failureThreshold: 2, recoveryThreshold: 2, maxLagMs: 30_000, minServingReplicas: 1 },
    monitor: { intervalMs: 1000, downIntervalMs, timeoutMs: 400 },
    tracker: trackerDefaults,
  } as const;
}
