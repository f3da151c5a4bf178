import { encodeGlobalID } from '@pothos/plugin-relay';
import { writeDeadLetterId } from '../../jobs/job-ids.ts';
import { type JobKind, jobKinds } from '../../jobs/job-record.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { DeadLetter, TaskCounts } from '../../jobs/task-queue.ts';
import { BadListRequestError } from '../../orders/errors.ts';
import { unhurried } from '../../platform/unhurried.ts';
import { builder } from '../builder.ts';
import { withoutServer } from '../without-server.ts';
import { checkedJobId } from './job-id-input.ts';
import { jobKindType, jobType } from './job-type.ts';

const maxAtOnce = 200;

const queueType = builder.objectRef<TaskCounts & { readonly kind: JobKind }>('JobQueue').implement({
  description: 'The queue of one kind of job.',
  fields: (t) => ({
    kind: t.expose('kind', { type: jobKindType, description: 'Kind of job.' }),
    waiting: t.exposeInt('waiting', { description: 'Orders waiting for a worker.' }),
    active: t.exposeInt('active', { description: 'Orders being processed.' }),
    delayed: t.exposeInt('delayed', {
      description: 'Orders waiting for a retry, and the next scheduled run.',
    }),
    dead: t.exposeInt('dead', { description: 'Dead letters.' }),
    workers: t.exposeInt('workers', { description: 'Active workers. If 0, the queue is not being processed.' }),
  }),
});

const deadLetterType = builder.objectRef<DeadLetter>('DeadLetter').implement({
  description: 'An order that a job gave up on. It stays until it is replayed or discarded.',
  fields: (t) => ({
    id: t.id({ description: 'Id, for replaying or discarding it.', resolve: deadLetterId }),
    kind: t.field({ type: jobKindType, description: 'Kind of job.', resolve: ({ task }) => task.kind }),
    jobId: t.id({ nullable: true, description: 'The job that it belonged to.', resolve: ({ task }) => task.job }),
    orderId: t.id({
      nullable: true,
      description: 'The order concerned. Null if none in particular.',
      resolve: ({ task }) => (task.order === null ? null : encodeGlobalID('Order', BigInt(task.order))),
    }),
    code: t.exposeString('code', { description: 'Machine-readable reason.' }),
    message: t.exposeString('message', { description: 'Human-readable reason.' }),
    attempts: t.exposeInt('attempts', { description: 'Number of attempts.' }),
    at: t.field({ type: 'DateTime', description: 'When the job gave up.', resolve: ({ atMs }) => new Date(atMs) }),
  }),
});

const jobsType = builder.objectRef<Jobs>('Jobs').implement({
  description: 'Background jobs. Fields that cannot be answered now are null, with an error.',
  fields: (t) => ({
    available: t.boolean({
      description: 'Whether the job queues can be reached now.',
      resolve: ({ trouble }) => trouble === null,
    }),
    trouble: t.string({
      nullable: true,
      description: 'Why they cannot be reached, as text.',
      resolve: ({ trouble }) => trouble,
    }),
    queues: t.field({
      type: [queueType],
      nullable: true,
      description: 'Sizes of the queues.',
      resolve: (jobs) => Promise.all(jobKinds.map(async (kind) => ({ kind, ...(await jobs.counts(kind)) }))),
    }),
    recent: t.field({
      type: [jobType],
      nullable: true,
      description: 'The last jobs, newest first. Scheduled runs that found nothing are left out.',
      args: {
        last: t.arg.int({ required: true, defaultValue: 20, description: `Maximum number, 1 to ${maxAtOnce}.` }),
      },
      resolve: async (jobs, { last }, { standBack }) => unhurried(await jobs.recent(checked('last', last)), standBack),
    }),
    job: t.field({
      type: jobType,
      nullable: true,
      description: 'One job, or null if it does not exist.',
      args: { id: t.arg.id({ required: true, description: 'Id of the job.' }) },
      resolve: (jobs, { id }) => jobs.find(checkedJobId(id)),
    }),
    deadLetters: t.field({
      type: [deadLetterType],
      nullable: true,
      description: 'Dead letters, newest first.',
      args: {
        last: t.arg.int({ required: true, defaultValue: 50, description: `Maximum number, 1 to ${maxAtOnce}.` }),
      },
      resolve: async (jobs, { last }, { standBack }) =>
        unhurried(await jobs.deadLetters(checked('last', last)), standBack),
    }),
  }),
});

builder.queryField('jobs', (t) =>
  t.field({
    type: jobsType,
    description: 'Background jobs. Available even while no database server answers.',
    extensions: withoutServer,
    resolve: (_, __, { jobs }) => jobs,
  }),
);

function deadLetterId({ id, task }: DeadLetter): string {
  return writeDeadLetterId({ kind: task.kind, id });
}

function checked(name: string, count: number): number {
  if (count >= 1 && count <= maxAtOnce) return count;
  throw new BadListRequestError(`\`${name}\` must be 1 to ${maxAtOnce}`);
}
