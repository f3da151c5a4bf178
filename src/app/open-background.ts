import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { TokenCodec } from '../consistency/token-codec.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { BackgroundWork } from '../jobs/background-work.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Redis } from '../platform/redis.ts';

/** Background jobs and notifications of changed orders, for API processes and workers alike. */
export function openBackground(
  config: Config,
  given: { redis: Redis | null; database: OrdersDatabase; tokens: TokenCodec; log: Logger; metrics?: Metrics },
): BackgroundWork {
  return new BackgroundWork({
    ...config,
    ...given,
    target: config.redis.target,
    clusterId: config.cluster.id,
    clock: systemClock,
    random: Math.random,
    randomBytes,
  });
}
