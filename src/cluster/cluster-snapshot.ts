import { chooseSource, takesWrites } from './choose-source.ts';
import type { NodeStatus } from './node-status.ts';

/** Immutable picture of all nodes at one moment. Selection reads nothing else. */
export type ClusterSnapshot = readonly NodeStatus[];

export function statusOf(snapshot: ClusterSnapshot, name: string): NodeStatus | undefined {
  return snapshot.find((status) => status.node.name === name);
}

const chosen = new WeakMap<ClusterSnapshot, { readonly source: NodeStatus | undefined }>();

/** The server that gets the writes; choose-source.ts chooses between several. Computed once per snapshot, because every request asks. */
export function writableSource(snapshot: ClusterSnapshot): NodeStatus | undefined {
  let choice = chosen.get(snapshot);
  if (choice === undefined) {
    choice = { source: chooseSource(snapshot) };
    chosen.set(snapshot, choice);
  }
  return choice.source;
}

/** The last server that accepted writes, wherever it is now. */
export function lastSource(snapshot: ClusterSnapshot): NodeStatus | undefined {
  return snapshot.find(({ tookWrites }) => tookWrites);
}

/** True while the positions of the current, or last, source are blind: then no replica's can be compared. */
export function isBlind(snapshot: ClusterSnapshot): boolean {
  const source = writableSource(snapshot) ?? lastSource(snapshot);
  return source !== undefined && source.blind !== null;
}

/** The same snapshot if the source is unchanged. */
export function withSourceRemembered(snapshot: ClusterSnapshot): ClusterSnapshot {
  const source = writableSource(snapshot);
  if (source === undefined || source.tookWrites) return snapshot;
  return snapshot.map((status) =>
    status === source || status.tookWrites ? { ...status, tookWrites: status === source } : status,
  );
}

/** False while there are servers that may still turn out to be the source. */
export function isDecided(snapshot: ClusterSnapshot): boolean {
  return !snapshot.some(({ state, role }) => state === 'UNKNOWN' && role !== 'BACKUP');
}

/** Servers that accept writes and are sent none: a conflict, once all servers were probed. */
export function straySources(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  const source = writableSource(snapshot);
  return snapshot.filter((status) => status !== source && takesWrites(status));
}

export function replicas(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  return snapshot.filter((status) => status.role === 'REPLICA');
}

export function backups(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  return snapshot.filter((status) => status.role === 'BACKUP');
}

/** Seen, and not known to be down. */
export function isSeen(status: NodeStatus): boolean {
  return status.state === 'HEALTHY' || status.state === 'DEGRADED';
}

/** Seen, and able to answer reads as far as known. */
export function canServe(status: NodeStatus): boolean {
  return isSeen(status) && status.errant.length === 0 && (status.report?.unable ?? []).length === 0;
}

/** The source may be asked while its tables answer late: it has no substitute. Missing tables do not become readable by waiting. */
export function isAble({ report }: NodeStatus): boolean {
  return (report?.unable ?? []).every(({ kind }) => kind === 'TABLE_SILENT');
}

/** The source accepts orders: it is able, and lacks nothing that writing an order needs. */
export function takesOrders(source: NodeStatus): boolean {
  return isAble(source) && !(source.report?.unwritable ?? []).some(({ stops }) => stops);
}

/** One node as text, for errors and logs: `replica-1 DOWN (refused the connection)`. */
export function describeStatus(status: NodeStatus): string {
  return `${status.node.name} ${status.state}${status.trouble === null ? '' : ` (${status.trouble})`}`;
}
