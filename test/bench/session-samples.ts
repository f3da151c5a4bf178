import type { ReadSample } from './session-load.ts';
import { percentiles, rounded } from './statistics.ts';

export const latenciesOf = (samples: readonly ReadSample[]): number[] => samples.map(({ latencyMs }) => latencyMs);

export const staleCount = (samples: readonly ReadSample[]): number => samples.filter(({ stale }) => stale).length;

export const sharePercent = (samples: readonly ReadSample[], is: (sample: ReadSample) => boolean): number =>
  (100 * samples.filter(is).length) / samples.length;

export const onReplica = ({ role }: ReadSample): boolean => role === 'REPLICA';
export const onSource = ({ role }: ReadSample): boolean => role === 'SOURCE';

/** What a table of results has no room for. */
export function describeSamples(samples: readonly ReadSample[]): Record<string, unknown> {
  const reasons: Record<string, number> = {};
  for (const { reason } of samples) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    reads: samples.length,
    stale: staleCount(samples),
    stalePercent: rounded(sharePercent(samples, ({ stale }) => stale)),
    onReplicasPercent: rounded(sharePercent(samples, onReplica)),
    latencyMs: percentiles(latenciesOf(samples)),
    reasons,
  };
}
