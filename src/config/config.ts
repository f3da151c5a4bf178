import { tlsInWords } from '../servers/server-tls.ts';
import type { NodeConfig } from './database/node-config.ts';
import type { Facts } from './part.ts';
import { describeParts, type PartValues } from './parts.ts';
import { redactUrl } from './redact-url.ts';

/** The configuration of the process. Frozen. Times are in milliseconds unless the name says otherwise. */
export type Config = PartValues & {
  readonly environment: Facts['environment'];
  readonly cluster: ClusterConfig;
};

export type ClusterConfig = {
  /** Bound into every token: all API processes of one cluster share it. */
  readonly id: string;
  /** Exactly one source. */
  readonly nodes: readonly NodeConfig[];
  /** An account that may change the schema. If set, migrations run at start. */
  readonly migrationUrl: string | null;
  /** The same for the backup. If set, its tables are created at start. */
  readonly backupMigrationUrl: string | null;
};

export function makeConfig(environment: Facts['environment'], cluster: ClusterConfig, values: PartValues): Config {
  return freeze({ environment, cluster, ...values });
}

/** The configuration in a printable form: no password, no key. */
export function describeConfig({ environment, cluster, ...values }: Config) {
  const { id, nodes, migrationUrl, backupMigrationUrl } = cluster;
  return {
    environment,
    cluster: {
      id,
      migrationUrl: migrationUrl && redactUrl(migrationUrl),
      backupMigrationUrl: backupMigrationUrl && redactUrl(backupMigrationUrl),
      nodes: nodes.map((node) => ({ ...node, password: '***', tls: tlsInWords(node.tls) })),
    },
    ...describeParts(values),
  };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
