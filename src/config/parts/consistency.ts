import { part } from '../part.ts';
import { flag, integer, upperCased } from '../values.ts';
import { variable } from '../variable.ts';

/** Defaults and limits of what requests specify about consistency. */
export const consistency = part(
  'Consistency',
  {
    level: variable('CONSISTENCY_LEVEL', upperCased('EVENTUAL', 'BOUNDED', 'SESSION', 'STRONG'), {
      default: 'session',
      about: 'Level of requests that specify none: `eventual`, `bounded`, `session` or `strong`.',
    }),
    whenBehind: variable('CONSISTENCY_WHEN_BEHIND', upperCased('WAIT', 'BYPASS', 'FAIL'), {
      default: 'wait',
      about: 'What a read does when no replica is fresh enough, unless it specifies it: `wait`, `bypass` or `fail`.',
    }),
    waitMs: variable('CONSISTENCY_WAIT_MS', integer(0, 600_000), {
      default: 50,
      about: 'How long a read waits for a replica before it goes to the source.',
    }),
    maxWaitMs: variable('CONSISTENCY_MAX_WAIT_MS', integer(0, 600_000), {
      default: 5000,
      about: 'Longest wait that a request may ask for.',
    }),
    maxStalenessMs: variable('CONSISTENCY_MAX_STALENESS_MS', integer(0, 86_400_000), {
      default: 5000,
      about: 'Bound of `bounded` reads that specify none.',
    }),
    sourceReadsLimit: variable('SOURCE_READS_LIMIT', integer(1, 100_000), {
      default: 64,
      about: 'How many reads may run on the source at once because no replica was fresh enough.',
    }),
    backupReads: variable('BACKUP_READS', flag, {
      default: true,
      about: 'Whether the backup serves reads that carry no token when no other server answers.',
    }),
  },
  {
    check: ({ waitMs, maxWaitMs }) =>
      waitMs > maxWaitMs
        ? [{ name: 'CONSISTENCY_WAIT_MS', fault: `must not be above CONSISTENCY_MAX_WAIT_MS, which is ${maxWaitMs}` }]
        : [],
    complete: (values) => values,
  },
);
