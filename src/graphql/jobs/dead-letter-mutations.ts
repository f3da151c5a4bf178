import { z } from 'zod';
import { readDeadLetterId } from '../../jobs/job-ids.ts';
import { InvalidInputError } from '../../orders/errors.ts';
import { builder } from '../builder.ts';
import { withoutServer } from '../without-server.ts';
import { idListRule } from './job-id-input.ts';

const mostLetters = 200;

const lettersRules = z.object({
  ids: idListRule({ most: mostLetters, read: readDeadLetterId, fault: 'is not the id of a dead letter' }),
});

const lettersText = `The \`id\`s of dead letters, at most ${mostLetters}. Those that are gone are passed over.`;

const replayInput = builder
  .inputType('ReplayDeadLettersInput', {
    description: 'Which orders to try again.',
    fields: (t) => ({ ids: t.idList({ required: true, description: lettersText }) }),
  })
  .validate(lettersRules);

const discardInput = builder
  .inputType('DiscardDeadLettersInput', {
    description: 'Which dead letters to throw away.',
    fields: (t) => ({ ids: t.idList({ required: true, description: lettersText }) }),
  })
  .validate(lettersRules);

const replayPayload = builder.objectRef<{ replayed: number }>('ReplayDeadLettersPayload').implement({
  description: 'They wait in their queue again.',
  fields: (t) => ({ replayed: t.exposeInt('replayed', { description: 'How many were put back.' }) }),
});

const discardPayload = builder.objectRef<{ discarded: number }>('DiscardDeadLettersPayload').implement({
  description: 'They are gone. Their orders stay as they are.',
  fields: (t) => ({ discarded: t.exposeInt('discarded', { description: 'How many were thrown away.' }) }),
});

builder.mutationField('replayDeadLetters', (t) =>
  t.field({
    type: replayPayload,
    description:
      'Puts orders that were given up back into their queue. One that is in the queue already stays a dead letter.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'ReplayDeadLettersResult', description: 'How many, or why none.' },
    },
    args: { input: t.arg({ type: replayInput, required: true, description: 'Which ones.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs }) => ({ replayed: await jobs.replay(input.ids) }),
  }),
);

builder.mutationField('discardDeadLetters', (t) =>
  t.field({
    type: discardPayload,
    description: 'Throws dead letters away.',
    errors: {
      types: [InvalidInputError],
      union: { name: 'DiscardDeadLettersResult', description: 'How many, or why none.' },
    },
    args: { input: t.arg({ type: discardInput, required: true, description: 'Which ones.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs }) => ({ discarded: await jobs.discard(input.ids) }),
  }),
);
