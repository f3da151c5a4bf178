import { z } from 'zod';
import { part } from '../part.ts';
import { integer } from '../values.ts';
import { variable } from '../variable.ts';

const oneOrZero = z
  .string()
  .pipe(z.enum(['1', '0', 'true', 'false'], 'must be 1 or 0'))
  .transform((text) => text === '1' || text === 'true');

/** What the testers' page can do and show. */
export const page = part(
  "Testers' page",
  {
    lab: variable('LAB', oneOrZero, {
      unset: '1 on the local cluster',
      example: '1',
      about: 'Whether the page has a lab in which servers of the local cluster are broken on purpose.',
    }),
    routingLog: variable('ROUTING_LOG', integer(0, 100_000), {
      default: 500,
      about:
        'How many of the last operations are kept with their routing, for `routingLog` and the page; 0 keeps none.',
    }),
  },
  {
    // Never with servers that are named in the environment.
    complete: ({ lab, routingLog }, { isLocal }) => ({ lab: isLocal && (lab ?? true), routingLog }),
    warn: ({ lab }, { isLocal }) =>
      lab && !isLocal ? ['LAB is for the local cluster only: configured servers are never broken on purpose'] : [],
  },
);
