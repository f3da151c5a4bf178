import { part } from '../part.ts';
import { integer } from '../values.ts';
import { variable } from '../variable.ts';

/** How long it is remembered which calls were made under which key. */
export const idempotency = part('Idempotency keys', {
  /** `null`: for ever. */
  ttlMs: variable(
    'IDEMPOTENCY_TTL_HOURS',
    integer(0, 87_600).transform((hours) => (hours === 0 ? null : hours * 3_600_000)),
    { default: 48, about: 'How long the idempotency keys of mutations are kept; 0: for ever.' },
  ),
});
