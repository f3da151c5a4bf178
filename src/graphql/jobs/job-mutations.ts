import { z } from 'zod';
import type { JobRecord } from '../../jobs/job-record.ts';
import { InvalidInputError } from '../../orders/errors.ts';
import { findOrderIds } from '../../orders/find-order-ids.ts';
import { builder } from '../builder.ts';
import { orderFilterOf, orderFilterType } from '../orders/order-filter-input.ts';
import { orderIdOf } from '../orders/order-id.ts';
import { withoutServer } from '../without-server.ts';
import { idListRule, jobIdRule } from './job-id-input.ts';
import { jobType } from './job-type.ts';

const maxIds = 1000;
const maxOrders = 10_000;
const defaultOrders = 1000;

const recheckRules = z
  .object({
    ids: idListRule({ max: maxIds, read: orderIdOf, fault: 'is not the id of an order' }).nullish(),
    where: z.unknown().optional(),
    limit: z.int().min(1, 'must be 1 or more').max(maxOrders, `must be ${maxOrders} or less`).nullish(),
  })
  .refine(({ ids, where }) => (ids == null) !== (where == null), 'must have either `ids` or `where`');

const recheckInput = builder
  .inputType('RecheckOrdersInput', {
    description: 'Which orders to compare with the payment provider: either `ids` or `where`.',
    fields: (t) => ({
      ids: t.idList({ description: `Ids of orders, at most ${maxIds}.` }),
      where: t.field({ type: orderFilterType, description: 'The newest orders that match this filter.' }),
      limit: t.int({
        description: `At most this many of the orders matching \`where\`, 1 to ${maxOrders}. Default: ${defaultOrders}.`,
      }),
    }),
  })
  .validate(recheckRules);

function jobPayload(
  name: string,
  description: string,
  ofJob = 'Follow the job with `jobProgress(id:)`, and each order with `orderChanged`.',
) {
  return builder.objectRef<{ job: JobRecord }>(name).implement({
    description,
    fields: (t) => ({
      job: t.field({
        type: jobType,
        description: ofJob,
        resolve: ({ job }) => job,
      }),
    }),
  });
}

const recheckPayload = jobPayload('RecheckOrdersPayload', 'The recheck is queued.');
const refreshPayload = jobPayload('RefreshNewOrdersPayload', 'The search for new orders is queued.');

builder.mutationField('recheckOrders', (t) =>
  t.field({
    type: recheckPayload,
    description:
      'Asks the payment provider for the charge and processing time of orders, in the background. Each order that differs is updated ' +
      'in a transaction of its own. An order that is already queued is not queued twice; if another job has all of them, that job is returned.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'RecheckOrdersResult', description: 'The job, or why there is none.' },
    },
    args: { input: t.arg({ type: recheckInput, required: true, description: 'The orders to recheck.' }) },
    resolve: async (_, { input }, context) => {
      const { ids, where, limit } = input;
      const orders = ids ?? (await findOrderIds(context.session, orderFilterOf(where), limit ?? defaultOrders));
      // The worker must see at least what the list of orders was read from.
      const { client } = context;
      return { job: await context.jobs.recheck(orders, { token: await context.pageToken(), client }) };
    },
  }),
);

const refreshInput = builder.inputType('RefreshNewOrdersInput', {
  description: 'How to fetch new orders.',
  fields: (t) => ({
    fromBeginning: t.boolean({
      description: "True: from the provider's oldest order on, instead of from where the last run ended.",
    }),
  }),
});

builder.mutationField('refreshNewOrders', (t) =>
  t.field({
    type: refreshPayload,
    description:
      'Pulls new orders from the payment provider now, in the background, instead of at the next scheduled time.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'RefreshNewOrdersResult', description: 'The job, or why there is none.' },
    },
    args: { input: t.arg({ type: refreshInput, required: true, description: 'Options of the run.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs, client }) => ({
      job: await jobs.refresh(input.fromBeginning ?? false, client),
    }),
  }),
);

const cancelInput = builder
  .inputType('CancelJobInput', {
    description: 'The job to cancel.',
    fields: (t) => ({ id: t.id({ required: true, description: 'The `id` of the job.' }) }),
  })
  .validate(z.object({ id: jobIdRule }));

const cancelPayload = jobPayload(
  'CancelJobPayload',
  'The job has ended: `CANCELLED`, or in the state in which it had ended before.',
  'Current state of the job. An order that a worker was processing may still be counted.',
);

builder.mutationField('cancelJob', (t) =>
  t.field({
    type: cancelPayload,
    description:
      'Cancels a job: its waiting orders are dropped, and those being processed end as soon as possible. Finished ones stay done. ' +
      'Repeating it, or cancelling a job that has ended, changes nothing.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'CancelJobResult', description: 'The job, or why the input was refused.' },
    },
    args: { input: t.arg({ type: cancelInput, required: true, description: 'The job to cancel.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs }) => ({ job: await jobs.cancel(input.id) }),
  }),
);
