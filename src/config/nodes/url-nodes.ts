import { serverAt } from '../../servers/server-url.ts';
import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { defaultPriority, type NodeConfig, type ReplicaOrder } from './node-config.ts';
import type { TlsDefaults } from './tls-defaults.ts';

export type NodesRead = { readonly nodes: readonly NodeConfig[]; readonly faults: readonly ConfigFault[] };

export const urlNames = ['SOURCE_URL', 'DATABASE_URL', 'REPLICA_URLS', 'BACKUP_URL'] as const;
const nodeParameters = ['name', 'priority', 'weight'] as const;

/** Nodes from `SOURCE_URL` (or `DATABASE_URL`), `REPLICA_URLS` and `BACKUP_URL`. */
export function readUrlNodes(environment: Environment, order: ReplicaOrder, { words: tls }: TlsDefaults): NodesRead {
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

  const { SOURCE_URL, DATABASE_URL, REPLICA_URLS, BACKUP_URL } = environment;
  if (SOURCE_URL && DATABASE_URL && SOURCE_URL !== DATABASE_URL) {
    faults.push({ name: 'DATABASE_URL', fault: 'is another word for SOURCE_URL; set one of them' });
  }
  const sourceName = SOURCE_URL ? 'SOURCE_URL' : 'DATABASE_URL';
  const sourceUrl = SOURCE_URL ?? DATABASE_URL;
  if (sourceUrl) read(sourceName, sourceUrl, { name: 'source', role: 'source', priority: 1 });
  else faults.push({ name: 'SOURCE_URL', fault: 'is missing' });

  const replicaUrls = urlsIn(REPLICA_URLS ?? '');
  for (const [index, text] of replicaUrls.filter((url) => url !== '').entries()) {
    read(replicaUrls.length > 1 ? `REPLICA_URLS (${index + 1})` : 'REPLICA_URLS', text, {
      name: `replica-${index + 1}`,
      role: 'replica',
      priority: defaultPriority(order, index),
    });
  }
  if (BACKUP_URL) read('BACKUP_URL', BACKUP_URL, { name: 'backup', role: 'backup', priority: 1 });
  return { nodes, faults };
}

function isCount(text: string, minimum: number): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= minimum && Number(text) <= 1000;
}

/** A comma parts them, but for one in a password: there the host is still to come. */
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
