import type { Environment } from '../environment.ts';
import { type DatabaseNames, sharedNamesOf, splitNamesOf } from './database-names.ts';
import { makeNode } from './host-node.ts';
import { defaultPriority, type NodesRead, type ReplicaOrder } from './node-config.ts';
import type { TlsDefaults } from './tls-defaults.ts';

/** Nodes from `DB_HOST`, `DB_WRITE_HOST` and `DB_READ_HOST`: one account for all, hosts of replicas as a list. */
export function readSplitHosts(
  environment: Environment,
  names: DatabaseNames,
  order: ReplicaOrder,
  { tls }: TlsDefaults,
): NodesRead {
  const split = splitNamesOf(names);
  const shared = sharedNamesOf(names);
  const account = {
    tls,
    port: environment[shared.port],
    database: environment[shared.database],
    user: environment[shared.user],
    password: environment[shared.password],
  };
  const source = makeNode(
    { ...account, host: environment[split.writeHost] ?? environment[split.host] },
    { name: 'source', role: 'source', priority: 1 },
    { ...shared, host: `${split.writeHost} (or ${split.host})` },
  );
  const hosts = (environment[split.readHost] ?? '').split(',').map((host) => host.trim());
  // The account was checked with the source: repeating its faults for every host would only be noise.
  const replicas = hosts
    .filter((host) => host !== '')
    .map((host, index) =>
      makeNode(
        { ...account, host },
        { name: `replica-${index + 1}`, role: 'replica', priority: defaultPriority(order, index) },
        { ...shared, host: split.readHost },
      ),
    );
  const faults = [...source.faults, ...replicas.flatMap((read) => read.faults)];
  const distinct = new Map(faults.map((fault) => [`${fault.name} ${fault.fault}`, fault]));
  return { nodes: [...source.nodes, ...replicas.flatMap((read) => read.nodes)], faults: [...distinct.values()] };
}
