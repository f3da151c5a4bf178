import { type RedisTarget, readRedisUrl } from '../platform/redis-target.ts';
import { loadTls } from '../servers/server-tls.ts';
import type { ConfigFault } from './config-fault.ts';
import type { EnvironmentSettings } from './settings.ts';

/** What the processes of a cluster share, and where. */
export type RedisConfig = {
  /** `null` without one. Holds secrets. */
  readonly target: RedisTarget | null;
  /** Begins every key and channel. */
  readonly prefix: string;
  /** The longest that anything waits for Redis. */
  readonly timeoutMs: number;
  /** How long it is remembered what a process said about a server and did not say again. */
  readonly statusTtlMs: number;
  /** How long lists and counts are kept to be answered from. 0: each request reads for itself. */
  readonly cacheTtlMs: number;
};

type Words = Pick<EnvironmentSettings, 'REDIS_CA' | 'REDIS_SENTINEL_PASSWORD'>;

/** The target, or what is wrong with the variables together. */
export function redisTargetOf(url: string | null, words: Words): RedisTarget | null | ConfigFault {
  const { REDIS_CA: caFile, REDIS_SENTINEL_PASSWORD: sentinelPassword } = words;
  if (url === null) return null;
  const tls = caFile === undefined ? null : loadTls({ mode: 'VERIFY_IDENTITY', caFile });
  if (typeof tls === 'string') return { name: 'REDIS_CA', fault: tls };
  const target = readRedisUrl(url, { ca: tls?.ca?.pem ?? null, sentinelPassword: sentinelPassword ?? null });
  if (typeof target === 'string') return { name: 'REDIS_URL', fault: target };
  if (tls !== null && target.tls === null) {
    return { name: 'REDIS_CA', fault: 'names a CA that nobody looks at: REDIS_URL must begin with rediss' };
  }
  if (sentinelPassword !== undefined && target.masterName === null) {
    return { name: 'REDIS_SENTINEL_PASSWORD', fault: 'is for Sentinels, and REDIS_URL names none' };
  }
  return target;
}

export function redisOf(settings: EnvironmentSettings, clusterId: string, target: RedisTarget | null): RedisConfig {
  return {
    target,
    prefix: settings.REDIS_PREFIX ?? `tidemark:${clusterId}:`,
    timeoutMs: settings.REDIS_TIMEOUT_MS,
    statusTtlMs: settings.STATUS_TTL_MS,
    cacheTtlMs: settings.CACHE_TTL_MS,
  };
}
