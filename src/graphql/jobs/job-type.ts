import { doneOf, type JobKind, type JobRecord, type JobState, stateOf } from '../../jobs/job-record.ts';
import { builder } from '../builder.ts';

const kinds = {
  RECHECK_ORDERS: { description: 'Asks the payment provider for the charge and processing time of orders.' },
  REFRESH_NEW_ORDERS: { description: 'Pulls orders that were placed at the payment provider.' },
} as const satisfies Record<JobKind, { description: string }>;

const states = {
  QUEUED: { description: 'No order has been processed yet.' },
  RUNNING: { description: 'Some orders have been processed.' },
  FINISHED: { description: 'All orders have been processed, or were given up on.' },
  CANCELLED: { description: 'It was cancelled. Orders processed by then stay processed, the others are unchanged.' },
} as const satisfies Record<JobState, { description: string }>;

export const jobKindType = builder.enumType('JobKind', { description: 'Kinds of jobs.', values: kinds });
const jobStateType = builder.enumType('JobState', { description: 'States of a job.', values: states });

const moment = (ms: number | null) => (ms === null ? null : new Date(ms));

export const jobType = builder.objectRef<JobRecord>('Job').implement({
  description: 'A background job. Deleted a day after its last update.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id, for `jobProgress`.' }),
    kind: t.expose('kind', { type: jobKindType, description: 'Kind of job.' }),
    state: t.field({ type: jobStateType, description: 'Current state.', resolve: stateOf }),
    total: t.exposeInt('total', { description: 'Orders in scope.' }),
    done: t.int({ description: 'Orders processed: the sum of the four counts below.', resolve: doneOf }),
    changed: t.exposeInt('changed', { description: 'Orders updated or created.' }),
    unchanged: t.exposeInt('unchanged', { description: 'Orders that were already correct or already known.' }),
    gone: t.exposeInt('gone', { description: 'Orders deleted in the meantime.' }),
    failed: t.exposeInt('failed', { description: 'Orders that the job gave up on: see `jobs { deadLetters }`.' }),
    alreadyQueued: t.exposeInt('alreadyQueued', {
      description: 'Orders skipped because another job has them in its queue.',
    }),
    queuedAt: t.field({
      type: 'DateTime',
      description: 'When it was requested.',
      resolve: ({ queuedAtMs }) => new Date(queuedAtMs),
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its first order was processed.',
      resolve: ({ startedAtMs }) => moment(startedAtMs),
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its last order was processed, or it was cancelled.',
      resolve: ({ finishedAtMs }) => moment(finishedAtMs),
    }),
    cancelledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was cancelled.',
      resolve: ({ cancelledAtMs }) => moment(cancelledAtMs),
    }),
    consistencyToken: t.string({
      nullable: true,
      description: 'Reading with it shows every processed order at least as the job left it. Null if there is none.',
      resolve: (job, _, { jobs }) => jobs.readToken(job),
    }),
  }),
});
