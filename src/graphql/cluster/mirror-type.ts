import { asInt } from '../as-int.ts';
import { builder } from '../builder.ts';
import type { MirrorFacts } from '../context.ts';

const states = {
  CAUGHT_UP: { description: 'The backup is up to date.' },
  BEHIND: { description: 'The backup lags behind its target, or changes are parked.' },
  UNKNOWN: { description: 'Not known yet, or the source does not answer.' },
} as const;

const stateType = builder.enumType('MirrorState', {
  description: 'State of the mirror to the backup.',
  values: states,
});

export const mirrorType = builder.objectRef<MirrorFacts>('Mirror').implement({
  description: 'Progress of the backup database, as seen by this API process.',
  fields: (t) => ({
    state: t.field({ type: stateType, description: 'Current state.', resolve: ({ turn }) => turn ?? 'UNKNOWN' }),
    waiting: t.int({
      nullable: true,
      description: 'Changes that the backup does not have yet. Null if unknown.',
      resolve: ({ depth }) => depth?.waiting ?? null,
    }),
    parked: t.int({
      nullable: true,
      description: 'Changes parked after too many attempts, until `replay-parked` retries them. Null if unknown.',
      resolve: ({ depth }) => depth?.parked ?? null,
    }),
    oldestAgeMs: t.int({
      nullable: true,
      description: 'Age of the oldest waiting change in milliseconds. Null if none is waiting, or if unknown.',
      resolve: ({ depth }) => asInt(depth?.oldestAgeMs ?? null),
    }),
    lastComparedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When this process last compared a part of source and backup. Null before the first time, and if another process runs the mirror.',
      resolve: ({ lastComparedAtMs }) => (lastComparedAtMs === null ? null : new Date(lastComparedAtMs)),
    }),
    mismatches: t.int({
      nullable: true,
      description:
        'Records that this process found to differ with no change in flight, and repaired. Null if another process runs the mirror.',
      resolve: ({ mismatches }) => mismatches,
    }),
  }),
});
