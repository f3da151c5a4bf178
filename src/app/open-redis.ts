import type { MayAnswer } from '../cache/may-answer.ts';
import { type CommitSource, ReadCache } from '../cache/read-cache.ts';
import type { Config } from '../config/config.ts';
import { currentEpoch } from '../consistency/epoch.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { systemClock } from '../platform/clock.ts';
import { Redis } from '../platform/redis.ts';
import { positions } from '../servers/known-flavours.ts';

/** The Redis that the processes of the cluster share, or `null`. Opened and closed with the shared statuses. */
export function openRedis({ redis: { target, timeoutMs } }: Config): Redis | null {
  return target === null
    ? null
    : new Redis({ target, prefix: null, timeoutMs, clock: systemClock, random: Math.random });
}

/**
 * `null` if nothing is to be cached. Every process that writes has one, because it must tell the others: answers that are cached must
 * not outlive its writes.
 */
export function openCache(
  { redis: { cacheTtlMs: ttlMs } }: Config,
  { redis, database, rule }: { redis: Redis; database: OrdersDatabase; rule?: MayAnswer },
): ReadCache | null {
  if (ttlMs === 0) return null;
  const { metrics } = database;
  const commits: CommitSource = {
    subscribe: (listener) => database.committed.subscribe(listener),
    epoch: () => currentEpoch(database.epochs),
  };
  return new ReadCache({ redis, positions, clock: systemClock, ttlMs, metrics, commits, ...(rule && { rule }) });
}
