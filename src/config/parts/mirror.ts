import { part } from '../part.ts';
import { integer, oneOf, portNumber } from '../values.ts';
import { variable } from '../variable.ts';

/** How orders are copied to the backup. */
export const mirror = part('Backup', {
  worker: variable('MIRROR_WORKER', oneOf('in-process', 'off'), {
    default: 'in-process',
    about: '`off`: another process copies orders to the backup, such as the command `mirror`.',
  }),
  compareIntervalMs: variable('MIRROR_COMPARE_INTERVAL_MS', integer(0, 86_400_000), {
    default: 10_000,
    about: 'How often the mirror compares a thousand records of source and backup, and repairs differences; 0: never.',
  }),
  port: variable('MIRROR_PORT', portNumber, {
    about: 'Port on which the command `mirror` serves `/livez`, `/readyz` and `/metrics`; 0 takes any free port.',
  }),
});
