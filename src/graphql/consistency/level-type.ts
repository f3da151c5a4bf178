import type { ConsistencyLevel } from '../../consistency/levels.ts';
import { builder } from '../builder.ts';

const levels = {
  EVENTUAL: { description: 'Any replica, however old its data.' },
  BOUNDED: { description: 'A replica that is at most `maxStalenessMs` behind.' },
  SESSION: {
    description:
      'Never older than what the token has seen: your own writes, and everything you have read. The default.',
  },
  STRONG: { description: 'The source: the newest data there is.' },
} as const satisfies Record<ConsistencyLevel, { description: string }>;

/** What the directive asks for, and the routing log shows and filters by. */
export const levelType = builder.enumType('ConsistencyLevel', {
  description: 'How fresh the data of an operation must be.',
  values: levels,
});
