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

const mostIds = 1000;
const mostOrders = 10_000;
const usualOrders = 1000;

const recheckRules = z
  .object({
    ids: idListRule({ most: mostIds, read: orderIdOf, fault: 'is not the id of an order' }).nullish(),
    where: z.unknown().optional(),
    limit: z.int().min(1, 'must be 1 or more').max(mostOrders, `must be ${mostOrders} or less`).nullish(),
  })
  .refine(({ ids, where }) => (ids == null) !== (where == null), 'must say either `ids` or `where`');

const recheckInput = builder
  .inputType('RecheckOrdersInput', {
    description: 'Which orders to compare with the payment provider: either `ids` or `where`.',
    fields: (t) => ({
      ids: t.idList({ description: `These orders, at most ${mostIds}.` }),
      where: t.field({ type: orderFilterType, description: 'The orders that were placed last and fit this.' }),
      limit: t.int({
        description: `Not more than so many of those that fit \`where\`, 1 to ${mostOrders}. ${usualOrders} unless told.`,
      }),
    }),
  })
  .validate(recheckRules);

function jobPayload(
  name: string,
  description: string,
  ofJob = 'Follow it with `jobProgress(id:)`, and each order with `orderChanged`.',
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
const refreshPayload = jobPayload('RefreshNewOrdersPayload', 'The look for new orders is queued.');

builder.mutationField('recheckOrders', (t) =>
  t.field({
    type: recheckPayload,
    description:
      'Asks the payment provider for charge and processing time of orders, in the background. Each order that differs is updated ' +
      'by itself. An order that is in the queue already is not queued twice; when another job has all of them, it is that job.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'RecheckOrdersResult', description: 'The job, or why there is none.' },
    },
    args: { input: t.arg({ type: recheckInput, required: true, description: 'Which orders.' }) },
    resolve: async (_, { input }, context) => {
      const { ids, where, limit } = input;
      const orders = ids ?? (await findOrderIds(context.session, orderFilterOf(where), limit ?? usualOrders));
      // The worker is to see at least what the list of orders was read from.
      const { client } = context;
      return { job: await context.jobs.recheck(orders, { token: await context.pageToken(), client }) };
    },
  }),
);

const refreshInput = builder.inputType('RefreshNewOrdersInput', {
  description: 'How to look for new orders.',
  fields: (t) => ({
    fromBeginning: t.boolean({
      description: "True: from the provider's oldest order on, instead of from where the last look came to.",
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
    args: { input: t.arg({ type: refreshInput, required: true, description: 'How to look for them.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs, client }) => ({
      job: await jobs.refresh(input.fromBeginning ?? false, client),
    }),
  }),
);

const cancelInput = builder
  .inputType('CancelJobInput', {
    description: 'Which job to end.',
    fields: (t) => ({ id: t.id({ required: true, description: 'The `id` of the job.' }) }),
  })
  .validate(z.object({ id: jobIdRule }));

const cancelPayload = jobPayload(
  'CancelJobPayload',
  'The job has ended: `CANCELLED`, or as it had ended before.',
  'The job as it is now. An order that a worker had in hand may still be counted.',
);

builder.mutationField('cancelJob', (t) =>
  t.field({
    type: cancelPayload,
    description:
      'Ends a job: what of it waits is dropped, and what workers have in hand ends as soon as it can. What was done stays done. ' +
      'Said again, or of a job that has ended, it changes nothing.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'CancelJobResult', description: 'The job, or why it was not looked for.' },
    },
    args: { input: t.arg({ type: cancelInput, required: true, description: 'Which job.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs }) => ({ job: await jobs.cancel(input.id) }),
  }),
);
