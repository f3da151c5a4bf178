import { doneOf, type JobKind, type JobRecord, type JobState, stateOf } from '../../jobs/job-record.ts';
import { builder } from '../builder.ts';

const kinds = {
  RECHECK_ORDERS: { description: 'Asks the payment provider for charge and processing time of orders.' },
  REFRESH_NEW_ORDERS: { description: 'Pulls orders that were placed at the payment provider.' },
} as const satisfies Record<JobKind, { description: string }>;

const states = {
  QUEUED: { description: 'No worker has finished any of it yet.' },
  RUNNING: { description: 'Some of it is done.' },
  FINISHED: { description: 'All of it is done, or given up.' },
  CANCELLED: { description: 'Somebody ended it. What was done by then stays done, the rest is left as it was.' },
} as const satisfies Record<JobState, { description: string }>;

export const jobKindType = builder.enumType('JobKind', { description: 'What a job does.', values: kinds });
const jobStateType = builder.enumType('JobState', { description: 'How far a job is.', values: states });

const moment = (ms: number | null) => (ms === null ? null : new Date(ms));

export const jobType = builder.objectRef<JobRecord>('Job').implement({
  description: 'Something that is done in the background. Forgotten a day after it was last heard of.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What to follow it by, with `jobProgress`.' }),
    kind: t.expose('kind', { type: jobKindType, description: 'What it does.' }),
    state: t.field({ type: jobStateType, description: 'How far it is.', resolve: stateOf }),
    total: t.exposeInt('total', { description: 'Orders that it is about.' }),
    done: t.int({ description: 'Orders that it is done with: the four numbers below together.', resolve: doneOf }),
    changed: t.exposeInt('changed', { description: 'Orders that were updated, or created.' }),
    unchanged: t.exposeInt('unchanged', { description: 'Orders that were right, or known, already.' }),
    gone: t.exposeInt('gone', { description: 'Orders that were deleted meanwhile.' }),
    failed: t.exposeInt('failed', { description: 'Orders that were given up: see `jobs { deadLetters }`.' }),
    alreadyQueued: t.exposeInt('alreadyQueued', {
      description: 'Orders that were left out, because another job has them in its queue.',
    }),
    queuedAt: t.field({
      type: 'DateTime',
      description: 'When it was asked for.',
      resolve: ({ queuedAtMs }) => new Date(queuedAtMs),
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the first of its orders was done.',
      resolve: ({ startedAtMs }) => moment(startedAtMs),
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last of its orders was done, or it was cancelled.',
      resolve: ({ finishedAtMs }) => moment(finishedAtMs),
    }),
    cancelledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When somebody cancelled it.',
      resolve: ({ cancelledAtMs }) => moment(cancelledAtMs),
    }),
    consistencyToken: t.string({
      nullable: true,
      description:
        'Reading with it shows every order that is done at least as the job left it. Null while there is none.',
      resolve: (job, _, { jobs }) => jobs.tokenOf(job),
    }),
  }),
});
