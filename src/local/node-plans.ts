import type { NodePlan } from './processes/server-node.ts';
import type { Topology } from './server-flavour.ts';

export type NodePlansOptions = { topology: Topology; replicas: number; backup: boolean };

/**
 * Which servers a cluster has. Binary logs contain server ids, so a name keeps its id for good. Members of a group
 * have names without a role, since the role moves between them.
 */
export function planNodes({ topology, replicas, backup }: NodePlansOptions): NodePlan[] {
  const member = topology === 'group';
  return [
    { name: member ? 'member-1' : 'source', role: 'source', member, serverId: 1 },
    ...Array.from({ length: replicas }, (_, index) => ({
      name: member ? `member-${index + 2}` : `replica-${index + 1}`,
      role: 'replica' as const,
      member,
      serverId: index + 2,
    })),
    ...(backup ? [{ name: 'backup', role: 'backup' as const, member: false, serverId: 1001 }] : []),
  ];
}
