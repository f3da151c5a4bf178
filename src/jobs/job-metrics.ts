import type { Metrics } from '../platform/metrics.ts';
import { type JobKind, jobKinds, type TaskOutcome, taskOutcomes } from './job-record.ts';
import type { Jobs } from './jobs.ts';

const states = ['waiting', 'active', 'delayed', 'dead'] as const;

/** Sizes of the queues. Left out while Redis does not answer. */
export function measureJobs(jobs: Pick<Jobs, 'counts'>, metrics: Metrics): void {
  metrics.gauge(
    {
      name: 'tidemark_job_tasks',
      help: 'Orders in the queues of background jobs, by kind of job and state.',
      labels: { kind: jobKinds, state: states },
    },
    async () => {
      const counts = await Promise.all(jobKinds.map(async (kind) => ({ kind, found: await jobs.counts(kind) })));
      return counts.flatMap(({ kind, found }) =>
        states.map((state) => ({ labels: { kind, state }, value: found[state] })),
      );
    },
  );
}

/** The returned function counts an order that a worker of this process has finished. */
export function countTasks(metrics: Metrics): (kind: JobKind, outcome: TaskOutcome) => void {
  const count = metrics.counter({
    name: 'tidemark_job_tasks_done_total',
    help: 'Orders that workers of this process have finished, by kind of job and outcome.',
    labels: { kind: jobKinds, outcome: taskOutcomes },
  });
  return (kind, outcome) => count({ kind, outcome });
}
