import { BadServerUrlError } from './errors.ts';
import type { DatabaseNode } from './replicated-database.ts';

/** The nodes of a cluster whose servers are named by URLs. Throws `BadServerUrlError`, which never shows a password. */
export function nodesAt(source: string, replicas: readonly string[]): readonly DatabaseNode[] {
  return [
    nodeAt('source', 'SOURCE', source),
    ...replicas.map((url, index) => nodeAt(`replica-${index + 1}`, 'REPLICA', url)),
  ];
}

function nodeAt(name: string, configuredRole: DatabaseNode['configuredRole'], text: string): DatabaseNode {
  if (!URL.canParse(text)) throw new BadServerUrlError(name);
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  if (!/^(mysql|mariadb):$/.test(protocol) || hostname === '' || !/^\/[^/]+$/.test(pathname)) {
    throw new BadServerUrlError(name);
  }
  return {
    name,
    configuredRole,
    // Drivers want `::1`, URLs say `[::1]`.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    priority: 1,
    weight: 1,
  };
}
