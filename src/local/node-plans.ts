import type { NodePlan } from './server-node.ts';

/** Which servers a cluster has. Server ids are what binary logs carry, so a name keeps its id for good. */
export function planNodes({ replicas, backup }: { replicas: number; backup: boolean }): NodePlan[] {
  return [
    { name: 'source', role: 'source', serverId: 1 },
    ...Array.from({ length: replicas }, (_, index) => ({
      name: `replica-${index + 1}`,
      role: 'replica' as const,
      serverId: index + 2,
    })),
    ...(backup ? [{ name: 'backup', role: 'backup' as const, serverId: 1001 }] : []),
  ];
}
