/** The state of the whole cluster in sentences, the worst first. */

import { countOf } from '../shell/figures.ts';
import { whatIsMissing } from '../shell/what-is-missing.ts';
import type { ClusterDetails, JobsDetails, MirrorDetails, NodeDetails } from './cluster-documents.ts';

export type Remark = { readonly level: 'good' | 'warn' | 'bad'; readonly text: string };

type Cluster = ClusterDetails['cluster'];

export function situation(cluster: Cluster, jobs: JobsDetails['jobs'] | null): readonly Remark[] {
  const remarks: Remark[] = [
    ...whatIsMissing(cluster),
    ...(cluster.mirror === null ? [] : aboutMirror(cluster.mirror)),
    ...(jobs === null ? [] : aboutJobs(jobs)),
  ];
  const order = { bad: 0, warn: 1, good: 2 };
  return [...remarks, ...whatGoesOn(cluster)].sort((a, b) => order[a.level] - order[b.level]);
}

function whatGoesOn({ nodes, source, reads, writes }: Cluster): Remark[] {
  const replicas = nodes.filter(({ role, state }) => role === 'REPLICA' && state === 'HEALTHY');
  const late = replicas.filter(isLate);
  const inTime = replicas.filter((node) => !isLate(node)).map(({ name }) => name);
  const remarks: Remark[] = [];
  if (writes && source !== null) remarks.push({ level: 'good', text: `Writes go to ${source}.` });
  for (const node of late) remarks.push({ level: 'warn', text: aboutLate(node, source) });
  if (inTime.length > 0) {
    remarks.push({
      level: 'good',
      text: `Reads ${inTime.length === 1 ? 'go to' : 'are spread over'} ${listed(inTime)}.`,
    });
  } else if (late.length === 0 && reads && source !== null) {
    const hasReplicas = nodes.some(({ role, configuredRole }) => (role ?? configuredRole) === 'REPLICA');
    remarks.push(
      hasReplicas
        ? { level: 'warn', text: `No replica is healthy: ${source} serves all reads, within its budget.` }
        : { level: 'good', text: `There are no replicas: ${source} serves all reads.` },
    );
  }
  return remarks;
}

const lateMs = 2000;

/** Late enough for users to notice. It still serves clients that have not seen anything newer. */
export function isLate({ role, lagMs }: Pick<NodeDetails, 'role' | 'lagMs'>): boolean {
  return role === 'REPLICA' && (lagMs ?? 0) >= lateMs;
}

function aboutLate({ name, lagMs, lagTransactions }: NodeDetails, source: string | null): string {
  const behind = lagTransactions === null ? '' : `, ${countOf(lagTransactions, 'transaction')} behind`;
  const where = source === null ? 'cannot be answered now' : `are served by ${source}`;
  return `${name} is ${Math.round((lagMs ?? 0) / 1000)} s late${behind}: clients that have seen newer data ${where}.`;
}

function aboutMirror({ state, waiting, parked, mismatches }: MirrorDetails): Remark[] {
  const remarks: Remark[] = [];
  if (state === 'BEHIND') {
    remarks.push({
      level: 'warn',
      text: `The backup is behind: ${waiting === null ? 'changes are waiting' : `${countOf(waiting, 'change')} ${waiting === 1 ? 'waits' : 'wait'}`} for it.`,
    });
  }
  if ((parked ?? 0) > 0) {
    remarks.push({
      level: 'warn',
      text: `${countOf(parked ?? 0, 'change')} could not be applied to the backup and ${parked === 1 ? 'is' : 'are'} parked.`,
    });
  }
  if ((mismatches ?? 0) > 0) {
    remarks.push({
      level: 'warn',
      text: `${countOf(mismatches ?? 0, 'record')} of the backup differed in the last comparison.`,
    });
  }
  return remarks;
}

function aboutJobs({ available, trouble, queues }: JobsDetails['jobs']): Remark[] {
  if (!available) {
    return [{ level: 'warn', text: `Background jobs are unavailable${trouble === null ? '' : `: ${trouble}`}.` }];
  }
  const dead = (queues ?? []).reduce((sum, queue) => sum + queue.dead, 0);
  return dead === 0 ? [] : [{ level: 'warn', text: `Background jobs gave up on ${countOf(dead, 'order')}.` }];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
