/** How the whole is, in words for people: what goes on, and what does not. The worst first. */
import { whatIsMissing } from '../shell/what-is-missing.ts';
import type { ClusterDetails, JobsDetails, MirrorDetails } from './cluster-documents.ts';

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
  const replicas = nodes.filter(({ role, state }) => role === 'REPLICA' && state === 'HEALTHY').map(({ name }) => name);
  const remarks: Remark[] = [];
  if (writes && source !== null) remarks.push({ level: 'good', text: `Writes go to ${source}.` });
  if (replicas.length > 0) remarks.push({ level: 'good', text: `Reads are spread over ${listed(replicas)}.` });
  else if (reads && source !== null) {
    remarks.push({ level: 'warn', text: `No replica is well: ${source} serves all reads, within its budget.` });
  }
  return remarks;
}

function aboutMirror({ state, waiting, parked, mismatches }: MirrorDetails): Remark[] {
  const remarks: Remark[] = [];
  if (state === 'BEHIND') {
    remarks.push({ level: 'warn', text: `The backup is behind: ${waiting ?? 'some'} changes wait for it.` });
  }
  if ((parked ?? 0) > 0) {
    remarks.push({ level: 'warn', text: `${parked} changes were given up on their way to the backup.` });
  }
  if ((mismatches ?? 0) > 0) {
    remarks.push({ level: 'warn', text: `${mismatches} records of the backup differed when they were compared last.` });
  }
  return remarks;
}

function aboutJobs({ available, trouble, queues }: JobsDetails['jobs']): Remark[] {
  if (!available) {
    return [{ level: 'warn', text: `Background jobs cannot be reached${trouble === null ? '' : `: ${trouble}`}.` }];
  }
  const dead = (queues ?? []).reduce((sum, queue) => sum + queue.dead, 0);
  return dead === 0 ? [] : [{ level: 'warn', text: `Background jobs gave up ${dead} orders.` }];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
