import type { ConsistencyLevel } from '../../consistency/levels.ts';
import { builder } from '../builder.ts';

const levels = {
  EVENTUAL: { description: 'Any replica, however old its data.' },
  BOUNDED: { description: 'A replica that is at most `maxStalenessMs` behind.' },
  SESSION: {
    description:
      'Never older than what the token has seen: your own writes, and everything you have read. The default.',
  },
  STRONG: { description: 'The source: the newest data.' },
} as const satisfies Record<ConsistencyLevel, { description: string }>;

/** Used by the directive, and by the routing log and its filter. */
export const levelType = builder.enumType('ConsistencyLevel', {
  description: 'Required freshness of an operation.',
  values: levels,
});
