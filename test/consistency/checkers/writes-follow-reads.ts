// Whoever sees a write sees what its session had read before it wrote. What came with an adopted token counts as read.
import type { Anomaly } from './anomaly.ts';
import { causesBeforeEffects } from './causes-before-effects.ts';
import type { Evidence } from './evidence.ts';

export function writesFollowReads(evidence: Evidence): Anomaly[] {
  return causesBeforeEffects(evidence, {
    guarantee: 'writes follow reads',
    floors: (session) => evidence.knowledge.read.of(session),
    knowers: (order) => evidence.knowledge.read.knowers(order),
    count: (known) => known.read,
  });
}
