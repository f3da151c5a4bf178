import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { type DatabaseNames, sharedNamesOf, splitNamesOf, urlNamesOf } from './database-names.ts';
import { type NodeConfig, type NodesRead, type ReplicaOrder, sameServer } from './node-config.ts';
import { isServerName, readServerHosts } from './server-hosts.ts';
import { readSplitHosts } from './split-hosts.ts';
import type { TlsDefaults } from './tls-defaults.ts';
import { readUrlNodes } from './url-nodes.ts';

/** Three ways to name the servers of a database; only one may be used at a time. */
const families = (names: DatabaseNames) =>
  [
    { title: names.source[0], owns: (name: string) => urlNamesOf(names).includes(name), read: readUrlNodes },
    { title: `${names.prefix}_MASTER_HOST`, owns: (name: string) => isServerName(name, names), read: readServerHosts },
    {
      title: splitNamesOf(names).host,
      owns: (name: string) => Object.values(splitNamesOf(names)).includes(name),
      read: readSplitHosts,
    },
  ] as const;

/** The nodes that the environment names; `null` if it names none. */
export function readNodes(
  environment: Environment,
  names: DatabaseNames,
  order: ReplicaOrder,
  tls: TlsDefaults,
): NodesRead | null {
  const given = Object.keys(environment);
  const spoken = families(names).flatMap((family) => {
    const first = given.find(family.owns);
    return first === undefined ? [] : [{ ...family, first }];
  });
  const [family, ...others] = spoken;
  if (family === undefined) {
    const shared = Object.values(sharedNamesOf(names));
    const stray = given.find((name) => shared.includes(name));
    const fault = `needs ${splitNamesOf(names).host} or ${names.prefix}_MASTER_HOST as well`;
    return stray === undefined ? null : { nodes: [], faults: [{ name: stray, fault }] };
  }
  if (others.length > 0) {
    const faults = others.map(({ first }) => ({
      name: first,
      fault: `belongs to another family of variables than ${family.first}; use only one family`,
    }));
    return { nodes: [], faults };
  }
  const { nodes, faults } = family.read(environment, names, order, tls);
  if (faults.length > 0) return { nodes, faults };
  const source = nodes.find((node) => node.role === 'source');
  // Deployments set a replica host equal to the source's to say "one server until there is a replica".
  const distinct = nodes.filter((node) => node.role !== 'replica' || source === undefined || !sameServer(node, source));
  return { nodes: distinct, faults: clashes(distinct, family.title) };
}

function clashes(nodes: readonly NodeConfig[], name: string): ConfigFault[] {
  return nodes.flatMap((node, index) => {
    const earlier = nodes.slice(0, index);
    const twin = earlier.find((other) => sameServer(node, other) && node.database === other.database);
    if (twin !== undefined) return [{ name, fault: `${node.name} and ${twin.name} are the same database` }];
    return earlier.some((other) => other.name === node.name)
      ? [{ name, fault: `two nodes are named ${node.name}` }]
      : [];
  });
}
