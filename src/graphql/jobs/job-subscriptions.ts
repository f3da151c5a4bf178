import { builder } from '../builder.ts';
import { inTurn } from '../event-turn.ts';
import { checkedJobId } from './job-id-input.ts';
import { jobType } from './job-type.ts';

builder.subscriptionField('jobProgress', (t) =>
  t.field({
    type: jobType,
    description:
      'How far a job is: at once, then as it goes on, ten times a second at most, and ends when the job is finished. ' +
      'Whoever reads slowly is told the newest only.',
    args: { id: t.arg.id({ required: true, description: 'Which job.' }) },
    subscribe: async (_, { id }, context) => inTurn(await context.jobs.follow(checkedJobId(id)), context),
    resolve: ({ item }) => item,
  }),
);
