import { serverAt } from '../../servers/server-url.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import type { DatabaseNames } from './database-names.ts';
import { defaultPriority, type NodeConfig, type NodesRead, type ReplicaOrder } from './node-config.ts';
import type { TlsDefaults } from './tls-defaults.ts';

const nodeParameters = ['name', 'priority', 'weight'] as const;

/** Nodes from `SOURCE_URL` (or its alias), `REPLICA_URLS` and `BACKUP_URL`. */
export function readUrlNodes(
  environment: Environment,
  names: DatabaseNames,
  order: ReplicaOrder,
  { words: tls }: TlsDefaults,
): NodesRead {
  const nodes: NodeConfig[] = [];
  const faults: ConfigFault[] = [];
  const read = (variable: string, text: string, node: Pick<NodeConfig, 'name' | 'role' | 'priority'>) => {
    const found = serverAt(text, { parameters: nodeParameters, tls });
    if (typeof found === 'string') {
      faults.push({ name: variable, fault: found });
      return;
    }
    const { parameters, ...server } = found;
    const priority = parameters.get('priority') ?? String(node.priority);
    const weight = parameters.get('weight') ?? '1';
    if (!isCount(priority, 0) || !isCount(weight, 1)) {
      faults.push({ name: variable, fault: '?priority is a whole number from 0 and ?weight one from 1, up to 1000' });
      return;
    }
    const name = parameters.get('name') ?? node.name;
    nodes.push({ ...server, name, role: node.role, priority: Number(priority), weight: Number(weight) });
  };

  const [first] = names.source;
  const given = names.source.flatMap((name) => {
    const url = environment[name];
    return url === undefined ? [] : [{ name, url }];
  });
  const [source, ...others] = given;
  for (const other of others) {
    if (other.url !== source?.url) {
      faults.push({ name: other.name, fault: `is an alias for ${first}; set only one` });
    }
  }
  if (source === undefined) faults.push({ name: first, fault: 'is missing' });
  else read(source.name, source.url, { name: 'source', role: 'source', priority: 1 });

  const replicaUrls = urlsIn(environment[names.replicas] ?? '');
  for (const [index, text] of replicaUrls.filter((url) => url !== '').entries()) {
    read(replicaUrls.length > 1 ? `${names.replicas} (${index + 1})` : names.replicas, text, {
      name: `replica-${index + 1}`,
      role: 'replica',
      priority: defaultPriority(order, index),
    });
  }
  const backup = environment[names.backup];
  if (backup !== undefined) read(names.backup, backup, { name: 'backup', role: 'backup', priority: 1 });
  return { nodes, faults };
}

function isCount(text: string, minimum: number): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= minimum && Number(text) <= 1000;
}

/** A comma separates URLs, unless it is part of a password: then the host is still to come. */
function urlsIn(list: string): string[] {
  const urls: string[] = [];
  for (const part of list.split(',')) {
    const before = urls.at(-1);
    if (before?.includes('://') && !before.includes('@') && !part.includes('://'))
      urls.splice(-1, 1, `${before},${part}`);
    else urls.push(part.trim());
  }
  return urls;
}
