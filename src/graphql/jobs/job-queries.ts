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

const mostAtOnce = 200;

const queueType = builder.objectRef<TaskCounts & { readonly kind: JobKind }>('JobQueue').implement({
  description: 'Where the orders of jobs of one kind wait, and how many.',
  fields: (t) => ({
    kind: t.expose('kind', { type: jobKindType, description: 'What its jobs do.' }),
    waiting: t.exposeInt('waiting', { description: 'Orders that the next worker takes.' }),
    active: t.exposeInt('active', { description: 'Orders that workers have in hand.' }),
    delayed: t.exposeInt('delayed', {
      description: 'Orders that failed and wait to be tried again, and the next scheduled run.',
    }),
    dead: t.exposeInt('dead', { description: 'Orders that were given up.' }),
    workers: t.exposeInt('workers', { description: 'Processes that work on it. With 0 nothing moves.' }),
  }),
});

const deadLetterType = builder.objectRef<DeadLetter>('DeadLetter').implement({
  description: 'An order that a job gave up. It stays until it is replayed or discarded.',
  fields: (t) => ({
    id: t.id({ description: 'What to replay or discard it by.', resolve: deadLetterId }),
    kind: t.field({ type: jobKindType, description: 'What its job does.', resolve: ({ task }) => task.kind }),
    jobId: t.id({ nullable: true, description: 'The job that it was part of.', resolve: ({ task }) => task.job }),
    orderId: t.id({
      nullable: true,
      description: 'The order that it is about. Null when it is about none in particular.',
      resolve: ({ task }) => (task.order === null ? null : encodeGlobalID('Order', BigInt(task.order))),
    }),
    code: t.exposeString('code', { description: 'Why, for programs.' }),
    message: t.exposeString('message', { description: 'Why, for people.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    at: t.field({ type: 'DateTime', description: 'When it was given up.', resolve: ({ atMs }) => new Date(atMs) }),
  }),
});

const jobsType = builder.objectRef<Jobs>('Jobs').implement({
  description: 'Background work. What cannot be told now is null, with an error beside it.',
  fields: (t) => ({
    available: t.boolean({
      description: 'Whether jobs can be reached now.',
      resolve: ({ trouble }) => trouble === null,
    }),
    trouble: t.string({
      nullable: true,
      description: 'Why they cannot be reached, in words.',
      resolve: ({ trouble }) => trouble,
    }),
    queues: t.field({
      type: [queueType],
      nullable: true,
      description: 'How much there is to do.',
      resolve: (jobs) => Promise.all(jobKinds.map(async (kind) => ({ kind, ...(await jobs.counts(kind)) }))),
    }),
    recent: t.field({
      type: [jobType],
      nullable: true,
      description: 'The last jobs, newest first. Scheduled runs that find nothing are left out.',
      args: { last: t.arg.int({ required: true, defaultValue: 20, description: `How many, 1 to ${mostAtOnce}.` }) },
      resolve: async (jobs, { last }, { standBack }) => unhurried(await jobs.recent(checked('last', last)), standBack),
    }),
    job: t.field({
      type: jobType,
      nullable: true,
      description: 'One job, or null when there is none.',
      args: { id: t.arg.id({ required: true, description: 'Which job.' }) },
      resolve: (jobs, { id }) => jobs.find(checkedJobId(id)),
    }),
    deadLetters: t.field({
      type: [deadLetterType],
      nullable: true,
      description: 'Orders that were given up, newest first.',
      args: { last: t.arg.int({ required: true, defaultValue: 50, description: `How many, 1 to ${mostAtOnce}.` }) },
      resolve: async (jobs, { last }, { standBack }) =>
        unhurried(await jobs.deadLetters(checked('last', last)), standBack),
    }),
  }),
});

builder.queryField('jobs', (t) =>
  t.field({
    type: jobsType,
    description: 'Background work. Answered also while no database server answers.',
    extensions: withoutServer,
    resolve: (_, __, { jobs }) => jobs,
  }),
);

function deadLetterId({ id, task }: DeadLetter): string {
  return writeDeadLetterId({ kind: task.kind, id });
}

function checked(name: string, count: number): number {
  if (count >= 1 && count <= mostAtOnce) return count;
  throw new BadListRequestError(`\`${name}\` must be 1 to ${mostAtOnce}`);
}
