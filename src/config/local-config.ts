import type { FlavourName } from '../servers/flavour-name.ts';
import { flavours } from '../servers/flavours.ts';
import { schemeOf } from '../servers/known-flavours.ts';
import { urlOf } from '../servers/server-url.ts';
import { type Config, makeConfig } from './config.ts';
import { ConfigError } from './config-fault.ts';
import { ordersNames, replicaOrderOf } from './database/database-names.ts';
import { defaultPriority, type NodeConfig } from './database/node-config.ts';
import { type Environment, withoutBlanks } from './environment.ts';
import { readVariable } from './part.ts';
import type { AccountConfig } from './parts/administration.ts';
import { deployment, noFacts } from './parts/deployment.ts';
import type { TokenKeyConfig } from './parts/token-keys.ts';
import { readParts } from './parts.ts';

/** The part of a local cluster from which a configuration is made. */
export type LocalClusterFacts = {
  readonly id: string;
  readonly flavour: FlavourName;
  readonly database: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly role: NodeConfig['role'];
    readonly host: string;
    readonly port: number;
  }[];
  readonly redis: { readonly host: string; readonly port: number } | null;
  readonly redisPassword: string;
  /** URL of a payment provider that runs beside it. */
  readonly paymentsUrl?: string | null | undefined;
  readonly credentials: Readonly<Record<'app' | 'admin' | 'replication', AccountConfig>>;
  readonly tokenKeys: readonly TokenKeyConfig[];
};

/** The configuration for a running local cluster. `environment` still sets everything except the servers. */
export function configFromLocalCluster(
  cluster: LocalClusterFacts,
  environment: Environment,
  paymentsUrl: string | null = cluster.paymentsUrl ?? null,
): Config {
  const given = { ...variablesOf(cluster, paymentsUrl), ...withoutBlanks(environment) };
  const around = deployment.read(given, noFacts);
  const order = readVariable(replicaOrderOf(ordersNames), given);
  const read = readParts(given, {
    environment: 'value' in around ? around.value.environment : 'development',
    clusterId: cluster.id,
    isLocal: true,
    makeSecret: () => '',
  });
  if ('faults' in around || 'faults' in order || 'faults' in read) {
    throw new ConfigError([around, order, read].flatMap((part) => ('faults' in part ? part.faults : [])));
  }
  const { app, admin, replication } = cluster.credentials;
  const replicas = cluster.nodes.filter(({ role }) => role === 'replica');
  const nodes = cluster.nodes.map(
    (node): NodeConfig => ({
      ...{ name: node.name, role: node.role, host: node.host, port: node.port },
      ...app,
      ...schemeOf(flavours[cluster.flavour].driver),
      database: cluster.database,
      tls: null,
      priority: defaultPriority(order.value ?? 'balanced', Math.max(replicas.indexOf(node), 0)),
      weight: 1,
    }),
  );
  return makeConfig(
    around.value.environment,
    {
      id: cluster.id,
      nodes,
      migrationUrl: adminUrl(cluster, 'source'),
      backupMigrationUrl: adminUrl(cluster, 'backup'),
    },
    { ...read.value, administration: { admin, replication } },
  );
}

/** The local cluster as environment variables. */
function variablesOf({ redis, redisPassword, tokenKeys }: LocalClusterFacts, paymentsUrl: string | null): Environment {
  return {
    ...(redis !== null && { REDIS_URL: `redis://:${redisPassword}@${redis.host}:${redis.port}` }),
    ...(paymentsUrl !== null && { PAYMENTS_URL: paymentsUrl }),
    TOKEN_KEYS: tokenKeys.map(({ id, secret }) => `${id}:${secret}`).join(','),
  };
}

function adminUrl(
  { flavour, nodes, credentials, database }: LocalClusterFacts,
  role: NodeConfig['role'],
): string | null {
  const node = nodes.find((candidate) => candidate.role === role);
  if (node === undefined) return null;
  const { host, port } = node;
  return urlOf({ ...schemeOf(flavours[flavour].driver), host, port, ...credentials.admin, database, tls: null });
}
