import { z } from 'zod';
import { readRedisUrl } from '../platform/redis-target.ts';
import { headerNames, hostNames, publicUrl, trustedProxies } from './http-values.ts';

// Every variable that is one value. What describes database servers is in nodes/read-nodes.ts.

const integer = (initial: number, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .default(initial);

const portOrNone = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be from 0 to 65535')
  .optional();

const integerOrOff = (initial: number, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^(\d{1,12}|off)$/, 'must be a whole number, or off')
    .transform((text) => (text === 'off' ? ('off' as const) : Number(text)))
    .refine(
      (value) => value === 'off' || (value >= minimum && value <= maximum),
      `must be from ${minimum} to ${maximum}, or off`,
    )
    .default(initial);

const integerOrNone = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .optional();

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values, initial: Values[number]) =>
  z.enum(values, `must be one of ${values.join(', ')}`).default(initial);

const upperCased = <const Values extends readonly [string, ...string[]]>(values: Values, initial: Values[number]) =>
  z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(values, `must be one of ${values.map((value) => value.toLowerCase()).join(', ')}`))
    .default(initial);

const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true')
  .optional();

const origins = z
  .string()
  .default('')
  .transform((text, context) => {
    const listed = text
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== '');
    const wrong = listed.some((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
    if (wrong)
      context.addIssue(
        'must be origins such as https://shop.example.com, comma separated; * is not one, as cookies are sent',
      );
    return listed;
  });

export type TokenKeyConfig = { readonly id: string; readonly secret: string };

const tokenKeys = z
  .string()
  .transform((text, context) => {
    const keys: TokenKeyConfig[] = text.split(',').map((pair) => {
      const colon = pair.indexOf(':');
      return { id: pair.slice(0, Math.max(colon, 0)).trim(), secret: pair.slice(colon + 1).trim() };
    });
    if (keys.some(({ id }) => !/^[\w-]{1,16}$/.test(id))) {
      context.addIssue('must be id:secret pairs, comma separated; an id is 1 to 16 letters, digits, - or _');
    }
    if (keys.some(({ secret }) => secret.length < 32)) context.addIssue('needs secrets of at least 32 characters');
    if (new Set(keys.map(({ id }) => id)).size < keys.length) context.addIssue('has two keys of one id');
    return keys;
  })
  .optional();

const redisUrl = z
  .string()
  .superRefine((text, context) => {
    const read = readRedisUrl(text);
    if (typeof read === 'string') context.addIssue(read);
  })
  .optional();

const httpUrl = z
  .string()
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, search, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && search + username + password === '';
  }, 'must be an http or https URL without a query and without an account')
  .optional();

export const settingsSchema = z.object({
  NODE_ENV: oneOf(['development', 'production', 'test'], 'development'),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be a host name or address')
    .default('127.0.0.1'),
  PORT: integer(4000, 0, 65_535),
  PUBLIC_URL: publicUrl,
  ALLOWED_HOSTS: hostNames,
  TRUST_PROXY: trustedProxies,
  PROXY_HEADERS: oneOf(['x-forwarded', 'forwarded'], 'x-forwarded'),
  CORS_ORIGINS: origins,
  CORS_HEADERS: headerNames,
  MAX_BODY_BYTES: integer(262_144, 1024, 26_214_400),
  MAX_REQUESTS_IN_FLIGHT: integer(2000, 1, 1_000_000),
  MAX_REQUESTS_PER_CLIENT: integerOrNone(1, 1_000_000),
  MAX_STREAMS: integer(2000, 0, 1_000_000),
  MAX_STREAMS_PER_CLIENT: integer(100, 0, 1_000_000),
  MAX_BODIES: integer(500, 1, 1_000_000),
  MAX_BODIES_PER_CLIENT: integer(100, 1, 1_000_000),
  MAX_CONNECTIONS: integerOrNone(10, 1_000_000),
  MAX_CONNECTIONS_PER_CLIENT: integerOrNone(1, 1_000_000),
  REQUEST_TIMEOUT_MS: integer(15_000, 100, 600_000),
  SHUTDOWN_GRACE_MS: integer(10_000, 0, 600_000),
  STREAM_BEAT_MS: integer(15_000, 100, 600_000),
  STREAM_MAX_AGE_S: integer(3600, 1, 604_800),
  METRICS: flag,
  DASHBOARD: flag,

  CLUSTER_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, - or _')
    .default('orders'),
  REPLICA_ORDER: oneOf(['balanced', 'listed'], 'balanced'),
  MIRROR_WORKER: oneOf(['in-process', 'off'], 'in-process'),
  MIRROR_COMPARE_INTERVAL_MS: integer(10_000, 0, 86_400_000),
  MIRROR_PORT: portOrNone,
  IDEMPOTENCY_TTL_HOURS: integer(48, 0, 87_600),
  CLUSTER_ADMIN_USER: z.string().optional(),
  CLUSTER_ADMIN_PASSWORD: z.string().optional(),
  CLUSTER_REPLICATION_USER: z.string().optional(),
  CLUSTER_REPLICATION_PASSWORD: z.string().optional(),
  REDIS_URL: redisUrl,
  REDIS_CA: z.string().optional(),
  REDIS_SENTINEL_PASSWORD: z.string().optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:{}-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, colons, braces, - or _')
    .optional(),
  REDIS_TIMEOUT_MS: integer(100, 10, 10_000),
  STATUS_TTL_MS: integer(10_000, 1000, 600_000),
  CACHE_TTL_MS: integer(30_000, 0, 600_000),

  TOKEN_KEYS: tokenKeys,
  COOKIE_MAX_AGE_S: integer(86_400, 1, 31_536_000),

  CONSISTENCY_LEVEL: upperCased(['EVENTUAL', 'BOUNDED', 'SESSION', 'STRONG'], 'SESSION'),
  CONSISTENCY_WHEN_BEHIND: upperCased(['WAIT', 'BYPASS', 'FAIL'], 'WAIT'),
  CONSISTENCY_WAIT_MS: integer(50, 0, 600_000),
  CONSISTENCY_MAX_WAIT_MS: integer(5000, 0, 600_000),
  CONSISTENCY_MAX_STALENESS_MS: integer(5000, 0, 86_400_000),
  SOURCE_READS_LIMIT: integer(64, 1, 100_000),
  BACKUP_READS: flag,

  MONITOR_INTERVAL_MS: integerOrOff(1000, 10, 3_600_000),
  MONITOR_TIMEOUT_MS: integer(400, 10, 60_000),
  MAX_LAG_MS: integer(30_000, 0, 86_400_000),
  MIN_SERVING_REPLICAS: integer(1, 0, 100),
  FAILURE_THRESHOLD: integer(2, 1, 100),
  RECOVERY_THRESHOLD: integer(2, 1, 100),
  NODE_PATIENCE_MS: integer(50, 10, 60_000),

  CONNECTIONS_PER_NODE: integer(16, 1, 1000),
  ACQUIRE_TIMEOUT_MS: integer(2000, 10, 60_000),
  STATEMENT_TIMEOUT_MS: integer(10_000, 10, 600_000),

  JOBS: oneOf(['on', 'off'], 'on'),
  PAYMENTS_URL: httpUrl,
  PAYMENTS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be letters, digits and signs')
    .optional(),
  PAYMENTS_TIMEOUT_MS: integer(3000, 10, 60_000),
  JOB_CONCURRENCY: integer(4, 1, 1000),
  JOB_RATE_PER_S: integer(25, 1, 100_000),
  JOB_ATTEMPTS: integer(10, 1, 100),
  JOB_FIRST_PAUSE_MS: integer(500, 1, 600_000),
  JOB_MAX_PAUSE_MS: integer(30_000, 1, 3_600_000),
  JOB_LOCK_MS: integer(10_000, 500, 600_000),
  JOB_GRACE_MS: integer(5000, 0, 60_000),
  JOB_MAX_WAITING: integer(50_000, 1, 10_000_000),
  JOB_MAX_WAITING_PER_CLIENT: integerOrNone(1, 10_000_000),
  REFRESH_INTERVAL_MS: integerOrOff(60_000, 100, 86_400_000),
  WORKER_PORT: portOrNone,

  INTROSPECTION: flag,
  GRAPHIQL: flag,
  GRAPHQL_MAX_DEPTH: integer(12, 1, 100),
  GRAPHQL_MAX_ALIASES: integer(15, 0, 10_000),
  GRAPHQL_MAX_DIRECTIVES: integer(5, 0, 1000),
  GRAPHQL_MAX_TOKENS: integer(1500, 100, 100_000),
  GRAPHQL_MAX_COST: integer(5000, 1, 10_000_000),
  LAB: z
    .enum(['1', '0', 'true', 'false'], 'must be 1 or 0')
    .transform((text) => text === '1' || text === 'true')
    .optional(),
  ROUTING_LOG: integer(500, 0, 100_000),

  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be one of json, pretty').optional(),

  TIDEMARK_DIRECTORY: z.string().default('.tidemark'),
});

export type EnvironmentSettings = z.output<typeof settingsSchema>;
