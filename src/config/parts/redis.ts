import { z } from 'zod';
import { type RedisTarget, readRedisUrl } from '../../platform/redis-target.ts';
import { loadTls } from '../../servers/server-tls.ts';
import type { ConfigFault } from '../config-fault.ts';
import { part } from '../part.ts';
import { redactUrl } from '../redact-url.ts';
import { integer, text } from '../values.ts';
import { variable } from '../variable.ts';

const redisUrl = z.string().superRefine((url, context) => {
  const read = readRedisUrl(url);
  if (typeof read === 'string') context.addIssue(read);
});

const keyPrefix = z
  .string()
  .regex(/^[\w.:{}-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, colons, braces, - or _');

type Access = { readonly url: string | null; readonly caFile: string | null; readonly sentinelPassword: string | null };

/** The target, or the fault of the variables taken together. */
function resolveTarget({ url, caFile, sentinelPassword }: Access): RedisTarget | null | ConfigFault {
  if (url === null) return null;
  const tls = caFile === null ? null : loadTls({ mode: 'VERIFY_IDENTITY', caFile });
  if (typeof tls === 'string') return { name: 'REDIS_CA', fault: tls };
  const target = readRedisUrl(url, { ca: tls?.ca?.pem ?? null, sentinelPassword });
  if (typeof target === 'string') return { name: 'REDIS_URL', fault: target };
  if (tls !== null && target.tls === null) {
    return { name: 'REDIS_CA', fault: 'names a CA, which is ignored: REDIS_URL must begin with rediss' };
  }
  if (sentinelPassword !== null && target.masterName === null) {
    return { name: 'REDIS_SENTINEL_PASSWORD', fault: 'is for Sentinels, but REDIS_URL names none' };
  }
  return target;
}

/** State that the processes of a cluster share, and where it is kept. */
export const redis = part(
  'Redis',
  {
    url: variable('REDIS_URL', redisUrl, {
      unset: 'no Redis; that of the local cluster',
      example: 'redis://127.0.0.1:6379',
      about:
        '`redis://` or `rediss://`, behind Sentinels `redis+sentinel://user:password@host:26379,host:26379/mymaster/0` or `rediss+sentinel://`. No guarantee depends on it.',
    }),
    caFile: variable('REDIS_CA', text, {
      unset: 'the CAs that Node trusts',
      about: 'File of PEM certificates that are trusted to sign the certificate of Redis.',
    }),
    sentinelPassword: variable('REDIS_SENTINEL_PASSWORD', text, { about: 'Password of the Sentinels themselves.' }),
    prefix: variable('REDIS_PREFIX', keyPrefix, {
      unset: '`tidemark:<CLUSTER_ID>:`',
      about: "Begins every key and channel; a name made from the identity of the cluster's servers follows.",
    }),
    timeoutMs: variable('REDIS_TIMEOUT_MS', integer(10, 10_000), {
      default: 100,
      about: 'Longest time that anything waits for Redis.',
    }),
    statusTtlMs: variable('STATUS_TTL_MS', integer(1000, 600_000), {
      default: 10_000,
      about: 'How long the last report of a process about a server is remembered.',
    }),
    cacheTtlMs: variable('CACHE_TTL_MS', integer(0, 600_000), {
      default: 30_000,
      about: 'How long first pages of the list and counts are cached; 0: no cache.',
    }),
  },
  {
    check: (values) => {
      const target = resolveTarget(values);
      return target !== null && 'fault' in target ? [target] : [];
    },
    complete: ({ caFile, sentinelPassword, prefix, ...values }, { clusterId }) => {
      const target = resolveTarget({ ...values, caFile, sentinelPassword });
      return {
        ...values,
        /** `null` without Redis. Contains secrets. */
        target: target !== null && 'fault' in target ? null : target,
        prefix: prefix ?? `tidemark:${clusterId}:`,
      };
    },
    // The parts of the target are those of the URL, and secrets.
    describe: ({ target, url, ...values }) => ({ url: url === null ? null : redactUrl(url), ...values }),
  },
);
