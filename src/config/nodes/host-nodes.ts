import type { Server } from '../../servers/server-url.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { defaultPriority, type NodeConfig, type ReplicaOrder } from './node-config.ts';
import type { TlsDefaults } from './tls-defaults.ts';
import type { NodesRead } from './url-nodes.ts';

// The words of older deployments, translated here and nowhere else. Two families:
//   DB_MASTER_*, DB_SLAVE<n>_*, DB_REPLICA_HOST, DB_BACKUP_*   one account per server
//   DB_HOST, DB_WRITE_HOST, DB_READ_HOST                       one account for all, hosts as comma separated lists
// Both fall back to DB_PORT, DB_DATABASE, DB_USERNAME and DB_PASSWORD.

export const sharedNames = ['DB_PORT', 'DB_DATABASE', 'DB_USERNAME', 'DB_PASSWORD'] as const;
export const splitNames = ['DB_HOST', 'DB_WRITE_HOST', 'DB_READ_HOST'] as const;
const serverFields = ['HOST', 'PORT', 'NAME', 'DATABASE', 'USER', 'USERNAME', 'PASSWORD'] as const;
type ServerField = (typeof serverFields)[number];
const serverName = /^DB_(MASTER|SLAVE[1-9]\d?|REPLICA|BACKUP)_(.+)$/;

/** `DB_SLAVE1_` stands for every number. */
export const serverNames: readonly string[] = ['DB_MASTER', 'DB_SLAVE1', 'DB_REPLICA', 'DB_BACKUP'].flatMap((prefix) =>
  serverFields.map((field) => `${prefix}_${field}`),
);

export const isServerName = (name: string): boolean => serverName.test(name);

/** Nodes from the `DB_MASTER_*` family. */
export function readServerNodes(environment: Environment, order: ReplicaOrder, { tls }: TlsDefaults): NodesRead {
  const faults: ConfigFault[] = [];
  for (const name of Object.keys(environment).filter(isServerName)) {
    const field = serverName.exec(name)?.[2];
    if (!serverFields.some((known) => known === field)) faults.push({ name, fault: 'is not a name that is known' });
  }
  const field = (prefix: string, ...fields: ServerField[]) =>
    fields.map((name) => environment[`${prefix}_${name}`]).find((value) => value !== undefined);
  const master = {
    port: field('DB_MASTER', 'PORT') ?? environment.DB_PORT,
    database: field('DB_MASTER', 'NAME', 'DATABASE') ?? environment.DB_DATABASE,
    user: field('DB_MASTER', 'USERNAME', 'USER') ?? environment.DB_USERNAME,
    password: field('DB_MASTER', 'PASSWORD') ?? environment.DB_PASSWORD,
  };
  const server = (prefix: string, defaults: typeof master) => ({
    tls,
    host: field(prefix, 'HOST'),
    port: field(prefix, 'PORT') ?? defaults.port,
    database: field(prefix, 'NAME', 'DATABASE') ?? defaults.database,
    user: field(prefix, 'USERNAME', 'USER') ?? defaults.user,
    password: field(prefix, 'PASSWORD') ?? defaults.password,
  });

  const nodes: NodeConfig[] = [];
  const add = (prefix: string, read: ServerWords, node: Pick<NodeConfig, 'name' | 'role' | 'priority'>) => {
    const fromShared = prefix === 'DB_MASTER' ? 'DB_USERNAME' : 'DB_MASTER_USERNAME';
    const made = makeNode(read, node, {
      host: `${prefix}_HOST`,
      port: `${prefix}_PORT`,
      database: `${prefix}_DATABASE (or DB_DATABASE)`,
      user: `${prefix}_USERNAME (or ${fromShared})`,
    });
    nodes.push(...made.nodes);
    faults.push(...made.faults);
  };

  add('DB_MASTER', server('DB_MASTER', master), { name: 'source', role: 'source', priority: 1 });
  const replicas = replicaPrefixes(environment);
  for (const [index, prefix] of replicas.entries()) {
    add(prefix, server(prefix, master), {
      name: `replica-${index + 1}`,
      role: 'replica',
      priority: defaultPriority(order, index),
    });
  }
  if (Object.keys(environment).some((name) => name.startsWith('DB_BACKUP_'))) {
    const backup = server('DB_BACKUP', { ...master, database: 'orders_backup_db' });
    add('DB_BACKUP', backup, { name: 'backup', role: 'backup', priority: 1 });
  }
  return { nodes, faults };
}

/** Nodes from the `DB_HOST`, `DB_WRITE_HOST`, `DB_READ_HOST` family. */
export function readSplitNodes(environment: Environment, order: ReplicaOrder, { tls }: TlsDefaults): NodesRead {
  const account = {
    tls,
    port: environment.DB_PORT,
    database: environment.DB_DATABASE,
    user: environment.DB_USERNAME,
    password: environment.DB_PASSWORD,
  };
  const names = { port: 'DB_PORT', database: 'DB_DATABASE', user: 'DB_USERNAME' };
  const source = makeNode(
    { ...account, host: environment.DB_WRITE_HOST ?? environment.DB_HOST },
    { name: 'source', role: 'source', priority: 1 },
    { ...names, host: 'DB_WRITE_HOST (or DB_HOST)' },
  );
  const hosts = (environment.DB_READ_HOST ?? '').split(',').map((host) => host.trim());
  // The account was checked with the source: repeating its faults for every host would only be noise.
  const replicas = hosts
    .filter((host) => host !== '')
    .map((host, index) =>
      makeNode(
        { ...account, host },
        { name: `replica-${index + 1}`, role: 'replica', priority: defaultPriority(order, index) },
        { ...names, host: 'DB_READ_HOST' },
      ),
    );
  const faults = [...source.faults, ...replicas.flatMap((read) => read.faults)];
  const distinct = new Map(faults.map((fault) => [`${fault.name} ${fault.fault}`, fault]));
  return { nodes: [...source.nodes, ...replicas.flatMap((read) => read.nodes)], faults: [...distinct.values()] };
}

type ServerWords = {
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: Server['tls'];
};

function makeNode(
  words: ServerWords,
  node: Pick<NodeConfig, 'name' | 'role' | 'priority'>,
  names: { host: string; port: string; database: string; user: string },
): NodesRead {
  const faults: ConfigFault[] = [];
  const { host, database, user, tls } = words;
  if (host === undefined) faults.push({ name: names.host, fault: 'is missing' });
  else if (!/^[\w.:-]+$/.test(host)) faults.push({ name: names.host, fault: 'is not a host name or address' });
  if (database === undefined) faults.push({ name: names.database, fault: 'is missing' });
  if (user === undefined) faults.push({ name: names.user, fault: 'is missing' });
  const port = Number(words.port ?? '3306');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    faults.push({ name: names.port, fault: 'is not a port from 1 to 65535' });
  }
  if (host === undefined || database === undefined || user === undefined || faults.length > 0) {
    return { nodes: [], faults };
  }
  return {
    nodes: [{ ...node, host, port, user, password: words.password ?? '', database, tls, weight: 1 }],
    faults,
  };
}

function replicaPrefixes(environment: Environment): string[] {
  const prefixes = Object.keys(environment).flatMap((name) => /^(DB_(?:SLAVE[1-9]\d?|REPLICA))_/.exec(name)?.[1] ?? []);
  return [...new Set(prefixes)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
