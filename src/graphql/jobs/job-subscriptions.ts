import { builder } from '../builder.ts';
import { inTurn } from '../event-turn.ts';
import { checkedJobId } from './job-id-input.ts';
import { jobType } from './job-type.ts';

builder.subscriptionField('jobProgress', (t) =>
  t.field({
    type: jobType,
    description:
      'Progress of a job: its state now, then updates, at most ten a second, until the job has ended. ' +
      'Slow readers get the latest state only.',
    args: { id: t.arg.id({ required: true, description: 'Id of the job.' }) },
    subscribe: async (_, { id }, context) => inTurn(await context.jobs.follow(checkedJobId(id)), context),
    resolve: ({ item }) => item,
  }),
);
