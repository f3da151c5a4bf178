import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { RedisTarget } from '../platform/redis-target.ts';
import { tlsInWords } from '../servers/server-tls.ts';
import { type Server, urlOf } from '../servers/server-url.ts';
import { ConfigError, type ConfigFault } from './config-fault.ts';
import { type Environment, withoutBlanks } from './environment.ts';
import { type HttpConfig, httpOf, reachWarnings } from './http-settings.ts';
import { type JobsConfig, jobsOf, type PaymentsConfig, paymentsOf } from './jobs-settings.ts';
import { readMigrations } from './nodes/migration-servers.ts';
import { defaultPriority, type NodeConfig } from './nodes/node-config.ts';
import { databaseNames, readNodes } from './nodes/read-nodes.ts';
import { readTlsDefaults } from './nodes/tls-defaults.ts';
import { type RedisConfig, redisOf, redisTargetOf } from './redis-settings.ts';
import { redactUrl } from './redis-url.ts';
import { type EnvironmentSettings, settingsSchema, type TokenKeyConfig } from './settings.ts';
import { weaknessOf } from './weak-keys.ts';

export { ConfigError, type ConfigFault, type Environment, type NodeConfig, type TokenKeyConfig };

export type AccountConfig = { readonly user: string; readonly password: string };

/** What the process runs with. Frozen. Times are in milliseconds unless the name says otherwise. */
export type Config = {
  readonly environment: EnvironmentSettings['NODE_ENV'];
  readonly http: HttpConfig;
  readonly cluster: {
    /** Bound into every token: all API processes of one cluster share it. */
    readonly id: string;
    /** Exactly one source. */
    readonly nodes: readonly NodeConfig[];
  };
  /** Account that may change the schema. Migrations run at start when it is set. */
  readonly migrationUrl: string | null;
  readonly mirror: {
    /** `off`: another process carries orders to the backup, such as `npm run mirror`. */
    readonly worker: EnvironmentSettings['MIRROR_WORKER'];
    /** Account that may change the schema of the backup. Its tables are made when it is set. */
    readonly migrationUrl: string | null;
    /** How often a part of source and backup is compared, unasked; 0 is never. */
    readonly compareIntervalMs: number;
    /** Where a mirror in a process of its own shows how it is; `null` is nowhere. */
    readonly port: number | null;
  };
  /** How long it is remembered which calls were made under which key, in milliseconds; `null` is for ever. */
  readonly idempotencyTtlMs: number | null;
  /** Accounts for `npm run cluster`: one that steers replication on every server, one that replicas log in with. */
  readonly administration: { readonly admin: AccountConfig | null; readonly replication: AccountConfig | null };
  readonly jobs: JobsConfig;
  readonly payments: PaymentsConfig;
  readonly redisUrl: string | null;
  readonly redis: RedisConfig;
  readonly tokens: {
    /** The first one signs, all verify. */
    readonly keys: readonly TokenKeyConfig[];
    readonly cookieMaxAgeS: number;
  };
  /** What a request gets that asks for nothing. */
  readonly consistency: {
    readonly level: EnvironmentSettings['CONSISTENCY_LEVEL'];
    readonly whenBehind: EnvironmentSettings['CONSISTENCY_WHEN_BEHIND'];
    readonly waitMs: number;
    /** The longest wait that a request may ask for. */
    readonly maxWaitMs: number;
    /** Bound of `BOUNDED` reads that name none. */
    readonly maxStalenessMs: number;
    /** How many reads may run on the source at once because no replica was fresh enough. */
    readonly sourceReadsLimit: number;
    /** Whether the backup serves reads that carry no token when no other server answers. */
    readonly backupReads: boolean;
  };
  readonly monitor: {
    /** `off`: nothing is looked at periodically but a server that is in trouble. */
    readonly intervalMs: number | 'off';
    readonly timeoutMs: number;
    /** A replica further behind than this serves only while too few others do. */
    readonly maxLagMs: number;
    /** While fewer replicas than this are well, late ones serve too. */
    readonly minServingReplicas: number;
    readonly failureThreshold: number;
    readonly recoveryThreshold: number;
    /** Work that runs longer makes the API ask the server whether it is still there. */
    readonly patienceMs: number;
  };
  readonly database: {
    readonly connectionsPerNode: number;
    readonly acquireTimeoutMs: number;
    readonly statementTimeoutMs: number;
  };
  readonly graphql: {
    readonly introspection: boolean;
    readonly graphiql: boolean;
    readonly maxDepth: number;
    readonly maxAliases: number;
    readonly maxDirectives: number;
    readonly maxTokens: number;
    readonly maxCost: number;
  };
  /** Whether people may break servers on purpose. Never with servers that the environment names. */
  readonly lab: boolean;
  /** How many of the last routed operations are kept to be shown; 0 keeps none. */
  readonly routingLog: number;
  readonly log: { readonly level: EnvironmentSettings['LOG_LEVEL']; readonly format: 'json' | 'pretty' };
};

/** Either servers that the environment names, or none: then a local cluster is started first. */
export type ConfigRead =
  | { readonly mode: 'external'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly mode: 'local'; readonly directory: string; readonly log: Config['log'] };

/** The part of a local cluster that a configuration is made of. */
export type LocalClusterFacts = {
  readonly id: string;
  readonly database: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly role: NodeConfig['role'];
    readonly host: string;
    readonly port: number;
  }[];
  readonly redis: { readonly host: string; readonly port: number } | null;
  readonly redisPassword: string;
  /** Of a payment provider that runs beside it. */
  readonly paymentsUrl?: string | null | undefined;
  readonly credentials: Readonly<Record<'app' | 'admin' | 'replication', AccountConfig>>;
  readonly tokenKeys: readonly TokenKeyConfig[];
};

/** Names that mean something here. `DB_SLAVE1_` stands for every number. */
export const knownNames: readonly string[] = [...databaseNames, ...Object.keys(settingsSchema.shape)];

/** The environment of the process, with `.env` beneath it: what is really set wins. */
export function processEnvironment(file = '.env'): Environment {
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

const randomSecret = () => randomBytes(32).toString('base64url');

/** Throws `ConfigError` with all faults at once. */
export function readConfig(environment: Environment, makeSecret: () => string = randomSecret): ConfigRead {
  const { settings, faults } = readSettings(environment);
  const given = withoutBlanks(environment);
  const tls = readTlsDefaults(given);
  const read = readNodes(given, settings?.REPLICA_ORDER ?? 'balanced', tls);
  const migrations = readMigrations(given, tls.words);
  const production = environment.NODE_ENV === 'production';
  const all = [...faults, ...tls.faults, ...(read?.faults ?? []), ...migrations.faults];
  if (production && read === null) {
    all.push({ name: 'SOURCE_URL', fault: 'is missing, and production does not start a local cluster' });
  }
  if (production && !environment.TOKEN_KEYS) {
    all.push({ name: 'TOKEN_KEYS', fault: 'is missing, and production does not make up its own signing keys' });
  }
  const weakness = production ? settings?.TOKEN_KEYS?.map(weaknessOf).find((fault) => fault !== null) : undefined;
  if (weakness) {
    all.push({
      name: 'TOKEN_KEYS',
      fault: `${weakness}; make one: node -p "'k1:' + crypto.randomBytes(32).toString('base64url')"`,
    });
  }
  const redisTarget = settings && redisTargetOf(settings.REDIS_URL ?? null, settings);
  if (redisTarget !== null && 'fault' in redisTarget) all.push(redisTarget);
  if (settings === null || all.length > 0) throw new ConfigError(all);
  if (read === null) return { mode: 'local', directory: settings.TIDEMARK_DIRECTORY, log: logOf(settings) };

  const warnings: string[] = [];
  let keys = settings.TOKEN_KEYS;
  if (keys === undefined) {
    keys = [{ id: 'ephemeral', secret: makeSecret() }];
    warnings.push(
      'TOKEN_KEYS is missing: tokens are signed with a key that dies with this process and no other one knows',
    );
  }
  warnings.push(...reachWarnings(httpOf(settings)));
  if (settings.LAB) warnings.push('LAB is for the local cluster only: nobody breaks servers that are named here');
  const config = freeze(
    makeConfig(settings, {
      cluster: { id: settings.CLUSTER_ID, nodes: read.nodes },
      migrationUrl: migrations.source && urlOf(migrations.source),
      backupMigrationUrl: migrations.backup && urlOf(migrations.backup),
      administration: administrationOf(settings, migrations.source),
      redisUrl: settings.REDIS_URL ?? null,
      redisTarget: redisTarget !== null && 'fault' in redisTarget ? null : redisTarget,
      paymentsUrl: null,
      keys,
      lab: false,
    }),
  );
  return { mode: 'external', config, warnings };
}

/** The configuration of a local cluster that runs. `environment` still sets everything that names no server. */
export function configFromLocalCluster(
  cluster: LocalClusterFacts,
  environment: Environment,
  paymentsUrl: string | null = cluster.paymentsUrl ?? null,
): Config {
  const { settings, faults } = readSettings(environment);
  if (settings === null) throw new ConfigError(faults);
  const replicas = cluster.nodes.filter(({ role }) => role === 'replica');
  const nodes = cluster.nodes.map(
    (node): NodeConfig => ({
      name: node.name,
      role: node.role,
      host: node.host,
      port: node.port,
      ...cluster.credentials.app,
      database: cluster.database,
      tls: null,
      priority: defaultPriority(settings.REPLICA_ORDER, Math.max(replicas.indexOf(node), 0)),
      weight: 1,
    }),
  );
  const { user, password } = cluster.credentials.admin;
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const adminUrl = (role: NodeConfig['role']) => {
    const node = cluster.nodes.find((candidate) => candidate.role === role);
    return node === undefined ? null : `mysql://${account}@${node.host}:${node.port}/${cluster.database}`;
  };
  const redis = cluster.redis && `redis://:${cluster.redisPassword}@${cluster.redis.host}:${cluster.redis.port}`;
  const redisTarget = redisTargetOf(settings.REDIS_URL ?? redis, settings);
  if (redisTarget !== null && 'fault' in redisTarget) throw new ConfigError([redisTarget]);
  return freeze(
    makeConfig(settings, {
      cluster: { id: cluster.id, nodes },
      migrationUrl: adminUrl('source'),
      backupMigrationUrl: adminUrl('backup'),
      administration: { admin: cluster.credentials.admin, replication: cluster.credentials.replication },
      redisUrl: settings.REDIS_URL ?? redis,
      redisTarget,
      paymentsUrl,
      keys: settings.TOKEN_KEYS ?? cluster.tokenKeys,
      lab: settings.LAB ?? true,
    }),
  );
}

/** The configuration as it may be printed: no password, no key. */
export function describeConfig(config: Config) {
  const redacted = (url: string | null) => (url === null ? null : redactUrl(url));
  return {
    ...config,
    cluster: { ...config.cluster, nodes: config.cluster.nodes.map(describeNode) },
    migrationUrl: redacted(config.migrationUrl),
    mirror: { ...config.mirror, migrationUrl: redacted(config.mirror.migrationUrl) },
    administration: {
      admin: userOf(config.administration.admin),
      replication: userOf(config.administration.replication),
    },
    payments: { ...config.payments, token: config.payments.token === null ? null : '***' },
    redisUrl: redacted(config.redisUrl),
    // Its parts are those of the URL, and secrets.
    redis: { ...config.redis, target: undefined },
    tokens: { ...config.tokens, keys: config.tokens.keys.map(({ id }) => `${id}:***`) },
  };
}

const describeNode = (node: NodeConfig) => ({ ...node, password: '***', tls: tlsInWords(node.tls) });
const userOf = (account: AccountConfig | null) => (account === null ? null : `${account.user}:***`);

type Given = {
  readonly cluster: Config['cluster'];
  readonly migrationUrl: string | null;
  readonly backupMigrationUrl: string | null;
  readonly administration: Config['administration'];
  readonly redisUrl: string | null;
  readonly redisTarget: RedisTarget | null;
  readonly paymentsUrl: string | null;
  readonly keys: readonly TokenKeyConfig[];
  readonly lab: boolean;
};

function makeConfig(
  settings: EnvironmentSettings,
  { cluster, migrationUrl, backupMigrationUrl, administration, redisUrl, redisTarget, paymentsUrl, keys, lab }: Given,
): Config {
  const production = settings.NODE_ENV === 'production';
  return {
    environment: settings.NODE_ENV,
    http: httpOf(settings),
    cluster,
    migrationUrl,
    mirror: {
      worker: settings.MIRROR_WORKER,
      migrationUrl: backupMigrationUrl,
      compareIntervalMs: settings.MIRROR_COMPARE_INTERVAL_MS,
      port: settings.MIRROR_PORT ?? null,
    },
    idempotencyTtlMs: settings.IDEMPOTENCY_TTL_HOURS === 0 ? null : settings.IDEMPOTENCY_TTL_HOURS * 3_600_000,
    administration,
    jobs: jobsOf(settings),
    payments: paymentsOf(settings, paymentsUrl),
    redisUrl,
    redis: redisOf(settings, cluster.id, redisTarget),
    tokens: { keys, cookieMaxAgeS: settings.COOKIE_MAX_AGE_S },
    consistency: {
      level: settings.CONSISTENCY_LEVEL,
      whenBehind: settings.CONSISTENCY_WHEN_BEHIND,
      waitMs: settings.CONSISTENCY_WAIT_MS,
      maxWaitMs: settings.CONSISTENCY_MAX_WAIT_MS,
      maxStalenessMs: settings.CONSISTENCY_MAX_STALENESS_MS,
      sourceReadsLimit: settings.SOURCE_READS_LIMIT,
      backupReads: settings.BACKUP_READS ?? true,
    },
    monitor: {
      intervalMs: settings.MONITOR_INTERVAL_MS,
      timeoutMs: settings.MONITOR_TIMEOUT_MS,
      maxLagMs: settings.MAX_LAG_MS,
      minServingReplicas: settings.MIN_SERVING_REPLICAS,
      failureThreshold: settings.FAILURE_THRESHOLD,
      recoveryThreshold: settings.RECOVERY_THRESHOLD,
      patienceMs: settings.NODE_PATIENCE_MS,
    },
    database: {
      connectionsPerNode: settings.CONNECTIONS_PER_NODE,
      acquireTimeoutMs: settings.ACQUIRE_TIMEOUT_MS,
      statementTimeoutMs: settings.STATEMENT_TIMEOUT_MS,
    },
    graphql: {
      introspection: settings.INTROSPECTION ?? !production,
      graphiql: settings.GRAPHIQL ?? !production,
      maxDepth: settings.GRAPHQL_MAX_DEPTH,
      maxAliases: settings.GRAPHQL_MAX_ALIASES,
      maxDirectives: settings.GRAPHQL_MAX_DIRECTIVES,
      maxTokens: settings.GRAPHQL_MAX_TOKENS,
      maxCost: settings.GRAPHQL_MAX_COST,
    },
    lab,
    routingLog: settings.ROUTING_LOG,
    log: logOf(settings),
  };
}

/** The account that migrates may usually do everything else as well. */
function administrationOf(settings: EnvironmentSettings, migration: Server | null): Config['administration'] {
  const { CLUSTER_ADMIN_USER, CLUSTER_ADMIN_PASSWORD = '' } = settings;
  const { CLUSTER_REPLICATION_USER, CLUSTER_REPLICATION_PASSWORD = '' } = settings;
  const migrator = migration && { user: migration.user, password: migration.password };
  return {
    admin: CLUSTER_ADMIN_USER === undefined ? migrator : { user: CLUSTER_ADMIN_USER, password: CLUSTER_ADMIN_PASSWORD },
    replication:
      CLUSTER_REPLICATION_USER === undefined
        ? null
        : { user: CLUSTER_REPLICATION_USER, password: CLUSTER_REPLICATION_PASSWORD },
  };
}

function logOf(settings: EnvironmentSettings): Config['log'] {
  const format = settings.LOG_FORMAT ?? (settings.NODE_ENV === 'development' ? 'pretty' : 'json');
  return { level: settings.LOG_LEVEL, format };
}

function readSettings(environment: Environment): { settings: EnvironmentSettings | null; faults: ConfigFault[] } {
  const parsed = settingsSchema.safeParse(withoutBlanks(environment));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({ name: path.join('.'), fault: message }));
    return { settings: null, faults };
  }
  const { CONSISTENCY_WAIT_MS, CONSISTENCY_MAX_WAIT_MS } = parsed.data;
  if (CONSISTENCY_WAIT_MS > CONSISTENCY_MAX_WAIT_MS) {
    const fault = `must not be above CONSISTENCY_MAX_WAIT_MS, which is ${CONSISTENCY_MAX_WAIT_MS}`;
    return { settings: null, faults: [{ name: 'CONSISTENCY_WAIT_MS', fault }] };
  }
  return { settings: parsed.data, faults: [] };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
