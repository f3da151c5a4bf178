import type { ConfigFault } from '../config-fault.ts';
import type { Environment } from '../environment.ts';
import { isServerName, readServerNodes, readSplitNodes, serverNames, sharedNames, splitNames } from './host-nodes.ts';
import { migrationNames } from './migration-servers.ts';
import { type NodeConfig, type ReplicaOrder, sameServer } from './node-config.ts';
import { type TlsDefaults, tlsNames } from './tls-defaults.ts';
import { type NodesRead, readUrlNodes, urlNames } from './url-nodes.ts';

/** Every name that describes database servers. `DB_SLAVE1_` stands for every number. */
export const databaseNames: readonly string[] = [
  ...urlNames,
  ...migrationNames,
  ...tlsNames,
  ...splitNames,
  ...sharedNames,
  ...serverNames,
];

const families = [
  { title: 'SOURCE_URL', owns: (name: string) => urlNames.some((known) => known === name), read: readUrlNodes },
  { title: 'DB_MASTER_HOST', owns: isServerName, read: readServerNodes },
  { title: 'DB_HOST', owns: (name: string) => splitNames.some((known) => known === name), read: readSplitNodes },
] as const;

/** The nodes that the environment names, or `null` when it names none at all. */
export function readNodes(environment: Environment, order: ReplicaOrder, tls: TlsDefaults): NodesRead | null {
  const names = Object.keys(environment);
  const spoken = families.flatMap((family) => {
    const first = names.find(family.owns);
    return first === undefined ? [] : [{ ...family, first }];
  });
  const [family, ...others] = spoken;
  if (family === undefined) {
    const stray = names.find((name) => sharedNames.some((known) => known === name));
    if (stray !== undefined)
      return { nodes: [], faults: [{ name: stray, fault: 'needs DB_HOST or DB_MASTER_HOST beside it' }] };
    // Whoever asks for TLS does not expect a cluster that has none.
    return tls.tls === null
      ? null
      : { nodes: [], faults: [{ name: 'SOURCE_URL', fault: 'is missing, and the local cluster speaks no TLS' }] };
  }
  if (others.length > 0) {
    const faults = others.map(({ first }) => ({
      name: first,
      fault: `names servers in other words than ${family.first}; keep to one family of names`,
    }));
    return { nodes: [], faults };
  }
  const { nodes, faults } = family.read(environment, order, tls);
  if (faults.length > 0) return { nodes, faults };
  const source = nodes.find((node) => node.role === 'source');
  // A replica host equal to the source's is how deployments say "one server until there is a replica".
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
