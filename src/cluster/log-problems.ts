import type { Logger } from '../platform/log.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import type { ProbeReport } from './node-status.ts';
import { type Problem, problemInWords } from './problem.ts';
import { findProblems } from './problems/find-problems.ts';

/** Logs each problem once when it is found, even at a start, and once when it is gone. */
export class ProblemLog {
  readonly #log: Logger;
  #known = new Map<string, Problem>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** All that there are now. */
  found(problems: readonly Problem[]): void {
    const found = new Map(problems.map((problem) => [keyOf(problem), problem]));
    for (const [key, problem] of found) if (!this.#known.has(key)) this.#log.warn({ problem }, problemInWords(problem));
    for (const [key, problem] of this.#known) {
      if (!found.has(key)) this.#log.info({ problem }, 'a problem is no longer seen');
    }
    this.#known = found;
  }
}

/** Those of the servers. */
export function logProblems(cluster: Pick<Cluster, 'subscribe'>, log: Logger): void {
  const reports = new Map<string, ProbeReport | null>();
  const problems = new ProblemLog(log);
  cluster.subscribe((snapshot) => {
    if (hasNews(snapshot, reports)) problems.found(findProblems(snapshot));
  });
}

/** Positions change with every request, so they are left out of the comparison. */
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
