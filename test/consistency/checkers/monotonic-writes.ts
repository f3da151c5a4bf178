// The writes of a session take effect everywhere in the order in which it made them: whoever sees one sees all that the
// session had been told were committed before it began. An indeterminate write is no cause, because it may not exist;
// it is an effect once somebody has seen it.
import type { Anomaly } from './anomaly.ts';
import { causesBeforeEffects } from './causes-before-effects.ts';
import type { Evidence } from './evidence.ts';

export function monotonicWrites(evidence: Evidence): Anomaly[] {
  return causesBeforeEffects(evidence, {
    guarantee: 'monotonic writes',
    floors: (session) => evidence.knowledge.wrote.of(session),
    knowers: (order) => evidence.knowledge.wrote.knowers(order),
    count: (known) => known.wrote,
  });
}
