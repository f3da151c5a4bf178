import { randomBytes } from 'node:crypto';
import { urlOf } from '../servers/server-url.ts';
import { type Config, makeConfig } from './config.ts';
import { ConfigError, type ConfigFault } from './config-fault.ts';
import { ordersNames } from './database/database-names.ts';
import { readDatabase } from './database/read-database.ts';
import { readTlsDefaults } from './database/tls-defaults.ts';
import { type Environment, withoutBlanks } from './environment.ts';
import { deployment, noFacts } from './parts/deployment.ts';
import { readParts } from './parts.ts';

/** Either the servers that the environment names, or none: then a local cluster is started first. */
export type ConfigRead =
  | { readonly mode: 'external'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly mode: 'local'; readonly directory: string; readonly log: Config['log'] };

const randomSecret = () => randomBytes(32).toString('base64url');

/** Throws `ConfigError` with all faults at once. */
export function readConfig(environment: Environment, makeSecret: () => string = randomSecret): ConfigRead {
  const given = withoutBlanks(environment);
  const around = deployment.read(given, noFacts);
  const tls = readTlsDefaults(given);
  const { nodes, migration, backupMigration, faults: ofServers } = readDatabase(given, ordersNames, tls);
  const { environment: kind, clusterId, directory } = 'value' in around ? around.value : assumed(given);
  const read = readParts(given, { environment: kind, clusterId, isLocal: false, makeSecret });
  const faults: ConfigFault[] = [
    ...('faults' in around ? around.faults : []),
    ...tls.faults,
    ...ofServers,
    ...(nodes === null && ofServers.length === 0 ? withoutServers(kind, tls.tls !== null) : []),
  ];
  if ('faults' in read) faults.push(...read.faults);
  if ('faults' in read || faults.length > 0) throw new ConfigError(faults);
  if (nodes === null) return { mode: 'local', directory, log: read.value.log };

  const [migrationUrl, backupMigrationUrl] = [migration, backupMigration].map((server) => server && urlOf(server));
  // The account that migrates can usually do everything else as well.
  const admin =
    read.value.administration.admin ?? (migration && { user: migration.user, password: migration.password });
  const config = makeConfig(
    kind,
    { id: clusterId, nodes, migrationUrl: migrationUrl ?? null, backupMigrationUrl: backupMigrationUrl ?? null },
    { ...read.value, administration: { ...read.value.administration, admin } },
  );
  return { mode: 'external', config, warnings: read.warnings };
}

/** So that the other faults are found too. */
const assumed = ({ NODE_ENV }: Environment) =>
  ({ environment: NODE_ENV === 'production' ? NODE_ENV : 'development', clusterId: '', directory: '' }) as const;

/** Why a local cluster must not replace servers that are missing. */
function withoutServers(environment: Config['environment'], isSecured: boolean): ConfigFault[] {
  const [name] = ordersNames.source;
  // If TLS is configured, a cluster without it is not what the operator expects.
  if (isSecured) return [{ name, fault: 'is missing, and the local cluster does not use TLS' }];
  if (environment !== 'production') return [];
  return [{ name, fault: 'is missing, and a local cluster is never started in production' }];
}
