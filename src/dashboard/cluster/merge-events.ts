import type { ClusterHappening } from './cluster-documents.ts';

/** Merges both lists: newest first, without duplicates, at most so many. */
export function mergeEvents(
  known: readonly ClusterHappening[],
  more: readonly ClusterHappening[],
  kept: number,
): readonly ClusterHappening[] {
  const all = new Map([...more, ...known].map((event) => [eventKey(event), event]));
  return [...all.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, kept);
}

export function eventKey({ at, name, node }: ClusterHappening): string {
  return `${at} ${name} ${node ?? ''}`;
}
