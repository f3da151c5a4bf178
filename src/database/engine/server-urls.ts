import { addressAt } from '../../servers/server-url.ts';
import type { DatabaseNode } from './database-options.ts';

/** The nodes of a cluster whose servers are named by URLs. Throws `BadServerUrlError`, which never shows a password. */
export function nodesAt(source: string, replicas: readonly string[]): readonly DatabaseNode[] {
  return [
    nodeAt('source', 'SOURCE', source),
    ...replicas.map((url, index) => nodeAt(`replica-${index + 1}`, 'REPLICA', url)),
  ];
}

function nodeAt(name: string, configuredRole: DatabaseNode['configuredRole'], url: string): DatabaseNode {
  return { ...addressAt(url, name), configuredRole, priority: 1, weight: 1 };
}
