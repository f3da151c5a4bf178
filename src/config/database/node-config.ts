import type { Server } from '../../servers/server-address.ts';
import type { ConfigFault } from '../config-fault.ts';

/** One database server. Exactly one is the source at start; there may be no replicas; a backup is optional. */
export type NodeConfig = Server & {
  readonly name: string;
  readonly role: 'source' | 'replica' | 'backup';
  /** Reads go to the lowest number for which there is an eligible replica. */
  readonly priority: number;
  /** Share of the reads among replicas of one priority. */
  readonly weight: number;
};

/** `balanced`: all replicas share the reads. `listed`: the first serves, the next one only if it cannot. */
export type ReplicaOrder = 'balanced' | 'listed';

export const defaultPriority = (order: ReplicaOrder, index: number): number => (order === 'listed' ? index + 1 : 1);

export const sameServer = (a: NodeConfig, b: NodeConfig): boolean =>
  a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;

export type NodesRead = { readonly nodes: readonly NodeConfig[]; readonly faults: readonly ConfigFault[] };
