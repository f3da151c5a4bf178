import { asInt } from '../as-int.ts';
import { builder } from '../builder.ts';
import type { MirrorFacts } from '../context.ts';

const states = {
  CAUGHT_UP: { description: 'The backup has everything but what changed a moment ago.' },
  BEHIND: { description: 'Changes wait for the backup for longer than they should, or were given up.' },
  UNKNOWN: { description: 'Nobody knows yet, or the source does not answer.' },
} as const;

const stateType = builder.enumType('MirrorState', { description: 'How the backup is fed.', values: states });

export const mirrorType = builder.objectRef<MirrorFacts>('Mirror').implement({
  description: 'How far the backup database is, as this API process sees it.',
  fields: (t) => ({
    state: t.field({ type: stateType, description: 'How it is.', resolve: ({ turn }) => turn ?? 'UNKNOWN' }),
    waiting: t.int({
      nullable: true,
      description: 'Changes that the backup has not got yet. Null while unknown.',
      resolve: ({ depth }) => depth?.waiting ?? null,
    }),
    parked: t.int({
      nullable: true,
      description: 'Changes that were given up after too many tries, until somebody asks for them. Null while unknown.',
      resolve: ({ depth }) => depth?.parked ?? null,
    }),
    oldestAgeMs: t.int({
      nullable: true,
      description: 'How long the oldest change has waited, in milliseconds. Null when none waits, and while unknown.',
      resolve: ({ depth }) => asInt(depth?.oldestAgeMs ?? null),
    }),
    lastComparedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When this process last compared a part of source and backup. Null before, and where another process feeds the backup.',
      resolve: ({ lastComparedAtMs }) => (lastComparedAtMs === null ? null : new Date(lastComparedAtMs)),
    }),
    mismatches: t.int({
      nullable: true,
      description:
        'Records that this process found to differ although nothing was on its way, and made right. Null where another process feeds the backup.',
      resolve: ({ mismatches }) => mismatches,
    }),
  }),
});
