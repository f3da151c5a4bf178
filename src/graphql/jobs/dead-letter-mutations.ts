import { z } from 'zod';
import { readDeadLetterId } from '../../jobs/job-ids.ts';
import { InvalidInputError } from '../../orders/errors.ts';
import { builder } from '../builder.ts';
import { withoutServer } from '../without-server.ts';
import { idListRule } from './job-id-input.ts';

const maxLetters = 200;

const lettersRules = z.object({
  ids: idListRule({ max: maxLetters, read: readDeadLetterId, fault: 'is not the id of a dead letter' }),
});

const lettersText = `The \`id\`s of dead letters, at most ${maxLetters}. Unknown ones are skipped.`;

const replayInput = builder
  .inputType('ReplayDeadLettersInput', {
    description: 'Dead letters to retry.',
    fields: (t) => ({ ids: t.idList({ required: true, description: lettersText }) }),
  })
  .validate(lettersRules);

const discardInput = builder
  .inputType('DiscardDeadLettersInput', {
    description: 'Dead letters to discard.',
    fields: (t) => ({ ids: t.idList({ required: true, description: lettersText }) }),
  })
  .validate(lettersRules);

const replayPayload = builder.objectRef<{ replayed: number }>('ReplayDeadLettersPayload').implement({
  description: 'The dead letters are back in their queue.',
  fields: (t) => ({ replayed: t.exposeInt('replayed', { description: 'Number of dead letters requeued.' }) }),
});

const discardPayload = builder.objectRef<{ discarded: number }>('DiscardDeadLettersPayload').implement({
  description: 'The dead letters are deleted. Their orders are unchanged.',
  fields: (t) => ({ discarded: t.exposeInt('discarded', { description: 'Number of dead letters discarded.' }) }),
});

builder.mutationField('replayDeadLetters', (t) =>
  t.field({
    type: replayPayload,
    description: 'Requeues dead letters. One whose order is in the queue already stays a dead letter.',
    errors: {
      types: [InvalidInputError],
      union: {
        name: 'ReplayDeadLettersResult',
        description: 'Number of dead letters requeued, or the reason none were.',
      },
    },
    args: { input: t.arg({ type: replayInput, required: true, description: 'The dead letters.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs }) => ({ replayed: await jobs.replay(input.ids) }),
  }),
);

builder.mutationField('discardDeadLetters', (t) =>
  t.field({
    type: discardPayload,
    description: 'Discards dead letters.',
    errors: {
      types: [InvalidInputError],
      union: {
        name: 'DiscardDeadLettersResult',
        description: 'Number of dead letters discarded, or the reason none were.',
      },
    },
    args: { input: t.arg({ type: discardInput, required: true, description: 'The dead letters.' }) },
    extensions: withoutServer,
    resolve: async (_, { input }, { jobs }) => ({ discarded: await jobs.discard(input.ids) }),
  }),
);
