import type { Logger } from '../platform/log.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import type { ProbeReport } from './node-status.ts';
import { type Problem, problemInWords } from './problem.ts';
import { findProblems } from './problems/find-problems.ts';

/** Says each problem once when it is found, at a start too, and once when it is gone. */
export function logProblems(cluster: Pick<Cluster, 'subscribe'>, log: Logger): void {
  const reports = new Map<string, ProbeReport | null>();
  let known = new Map<string, Problem>();
  cluster.subscribe((snapshot) => {
    if (!hasNews(snapshot, reports)) return;
    const found = new Map(findProblems(snapshot).map((problem) => [keyOf(problem), problem]));
    for (const [key, problem] of found) if (!known.has(key)) log.warn({ problem }, problemInWords(problem));
    for (const [key, problem] of known) if (!found.has(key)) log.info({ problem }, 'a problem is no longer seen');
    known = found;
  });
}

/** Positions grow with every request, and are no news. */
function hasNews(snapshot: ClusterSnapshot, reports: Map<string, ProbeReport | null>): boolean {
  let isNew = false;
  for (const { node, report } of snapshot) {
    if (reports.get(node.name) === report) continue;
    reports.set(node.name, report);
    isNew = true;
  }
  return isNew;
}

const keyOf = ({ code, node, variable, value }: Problem): string => [code, node, variable, value].join(' ');
