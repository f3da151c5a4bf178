type NodeLine = { readonly name: string; readonly role: string; readonly host: string; readonly port: number };

/** One line for each node, for people. */
export function describeNodes(nodes: readonly NodeLine[]): string[] {
  return nodes.map(({ name, role, host, port }) => `  ${name.padEnd(12)} ${role.padEnd(8)} ${host}:${port}`);
}

/** Where a browser on this machine finds an API that listens on `host`. */
export function apiUrl({ host, port }: { host: string; port: number }): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/graphql`;
}
