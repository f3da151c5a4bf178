import { part } from '../part.ts';
import { integer } from '../values.ts';
import { variable } from '../variable.ts';

/** How long the keys of earlier calls are kept. */
export const idempotency = part('Idempotency keys', {
  /** `null`: forever. */
  ttlMs: variable(
    'IDEMPOTENCY_TTL_HOURS',
    integer(0, 87_600).transform((hours) => (hours === 0 ? null : hours * 3_600_000)),
    { default: 48, about: 'How long the idempotency keys of mutations are kept; 0: forever.' },
  ),
});
