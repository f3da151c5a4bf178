import type { MayAnswer } from '../cache/may-answer.ts';
import { ReadCache } from '../cache/read-cache.ts';
import type { Config } from '../config/config.ts';
import { ordersName } from '../database/orders/orders-client.ts';
import { systemClock } from '../platform/clock.ts';
import { LabelledMetrics } from '../platform/labelled-metrics.ts';
import { type Metrics, unmeasured } from '../platform/metrics.ts';
import { Redis } from '../platform/redis.ts';
import { positions } from '../servers/known-flavours.ts';

/** The Redis that the processes of the cluster share, or `null`. Opened and closed with the shared statuses. */
export function openRedis({ redis: { target, timeoutMs } }: Config): Redis | null {
  return target === null
    ? null
    : new Redis({ target, prefix: null, timeoutMs, clock: systemClock, random: Math.random });
}

/** `null` if nothing is to be cached. Every process that writes has one, because it must tell the others. */
export function openCache(
  { redis: { cacheTtlMs: ttlMs } }: Config,
  redis: Redis,
  { metrics = unmeasured, rule }: { metrics?: Metrics; rule?: MayAnswer } = {},
): ReadCache | null {
  const measured = new LabelledMetrics(metrics, { database: ordersName });
  if (ttlMs === 0) return null;
  return new ReadCache({ redis, positions, clock: systemClock, ttlMs, metrics: measured, ...(rule && { rule }) });
}
