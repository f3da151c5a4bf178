export const nodeRoles = ['SOURCE', 'REPLICA', 'BACKUP'] as const;
export type NodeRole = (typeof nodeRoles)[number];

/** One database server as it was configured. What it really is, `NodeStatus` says. */
export type Node = {
  /** Unique in the cluster, for example `replica-1`. */
  readonly name: string;
  readonly configuredRole: NodeRole;
  readonly host: string;
  readonly port: number;
  /** Lower is asked first; nodes of one priority share the reads. */
  readonly priority: number;
  /** Share of the reads within one priority, above 0. */
  readonly weight: number;
};
