import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { type DatabaseNames, sharedNamesOf } from './database-names.ts';
import { type HostWords, makeNode } from './host-node.ts';
import { defaultPriority, type NodeConfig, type NodesRead, type ReplicaOrder } from './node-config.ts';
import type { TlsDefaults } from './tls-defaults.ts';

// The variables of older deployments: DB_MASTER_*, DB_SLAVE<n>_*, DB_REPLICA_*, DB_BACKUP_*, an account for each server. The
// source defaults to DB_PORT, DB_DATABASE, DB_USERNAME and DB_PASSWORD, the others default to the source's values.

const serverFields = ['HOST', 'PORT', 'NAME', 'DATABASE', 'USER', 'USERNAME', 'PASSWORD'] as const;
type ServerField = (typeof serverFields)[number];

const serverName = ({ prefix }: DatabaseNames) => new RegExp(`^${prefix}_(MASTER|SLAVE[1-9]\\d?|REPLICA|BACKUP)_(.+)$`);

export function isServerName(name: string, names: DatabaseNames): boolean {
  // Names with a meaning of their own: LEDGER_BACKUP_URL names no host.
  if ([names.backup, names.migration, names.backupMigration, ...names.source].includes(name)) return false;
  if ([names.replicas, names.replicaOrder].includes(name)) return false;
  return serverName(names).test(name);
}

export function readServerHosts(
  environment: Environment,
  names: DatabaseNames,
  order: ReplicaOrder,
  { tls }: TlsDefaults,
): NodesRead {
  const { prefix: start } = names;
  const shared = sharedNamesOf(names);
  const given = Object.keys(environment).filter((name) => isServerName(name, names));
  const faults: ConfigFault[] = [];
  for (const name of given) {
    const field = serverName(names).exec(name)?.[2];
    if (!serverFields.some((known) => known === field)) faults.push({ name, fault: 'is not a known variable' });
  }
  const field = (server: string, ...fields: ServerField[]) =>
    fields.map((name) => environment[`${server}_${name}`]).find((value) => value !== undefined);
  const source = `${start}_MASTER`;
  const master = {
    port: field(source, 'PORT') ?? environment[shared.port],
    database: field(source, 'NAME', 'DATABASE') ?? environment[shared.database],
    user: field(source, 'USERNAME', 'USER') ?? environment[shared.user],
    password: field(source, 'PASSWORD') ?? environment[shared.password],
  };
  const server = (prefix: string, defaults: typeof master): HostWords => ({
    tls,
    host: field(prefix, 'HOST'),
    port: field(prefix, 'PORT') ?? defaults.port,
    database: field(prefix, 'NAME', 'DATABASE') ?? defaults.database,
    user: field(prefix, 'USERNAME', 'USER') ?? defaults.user,
    password: field(prefix, 'PASSWORD') ?? defaults.password,
  });

  const nodes: NodeConfig[] = [];
  const add = (prefix: string, words: HostWords, node: Pick<NodeConfig, 'name' | 'role' | 'priority'>) => {
    const made = makeNode(words, node, {
      host: `${prefix}_HOST`,
      port: `${prefix}_PORT`,
      database: `${prefix}_DATABASE (or ${shared.database})`,
      user: `${prefix}_USERNAME (or ${prefix === source ? shared.user : `${source}_USERNAME`})`,
    });
    nodes.push(...made.nodes);
    faults.push(...made.faults);
  };

  add(source, server(source, master), { name: 'source', role: 'source', priority: 1 });
  for (const [index, prefix] of replicaPrefixes(given, names).entries()) {
    add(prefix, server(prefix, master), {
      name: `replica-${index + 1}`,
      role: 'replica',
      priority: defaultPriority(order, index),
    });
  }
  const backup = `${start}_BACKUP`;
  if (given.some((name) => name.startsWith(`${backup}_`))) {
    const words = server(backup, { ...master, database: names.backupDatabase ?? master.database });
    add(backup, words, { name: 'backup', role: 'backup', priority: 1 });
  }
  return { nodes, faults };
}

function replicaPrefixes(given: readonly string[], { prefix }: DatabaseNames): string[] {
  const replica = new RegExp(`^(${prefix}_(?:SLAVE[1-9]\\d?|REPLICA))_`);
  const prefixes = given.flatMap((name) => replica.exec(name)?.[1] ?? []);
  return [...new Set(prefixes)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
