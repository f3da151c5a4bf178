import type { Metrics } from '../platform/metrics.ts';
import type { MirrorState } from './mirror.ts';

/** Metrics of this process's mirror, from memory: no server is queried. */
export function measureMirror(state: () => MirrorState, metrics: Metrics): void {
  metrics.countedElsewhere(
    {
      name: 'tidemark_mirror_applied_records_total',
      help: 'Records that this process has applied to the backup.',
      labels: {},
    },
    () => [{ labels: {}, value: state().applied }],
  );
  metrics.countedElsewhere(
    {
      name: 'tidemark_mirror_parity_mismatches_total',
      help: 'Records found to differ between source and backup with no change in flight, and repaired.',
      labels: {},
    },
    () => [{ labels: {}, value: state().mismatches }],
  );
  metrics.gauge(
    {
      name: 'tidemark_mirror_last_comparison_timestamp_seconds',
      help: 'When this process last compared a part of source and backup, as Unix time in seconds.',
      labels: {},
    },
    () => {
      const { lastComparedAtMs } = state();
      return lastComparedAtMs === null ? [] : [{ labels: {}, value: lastComparedAtMs / 1000 }];
    },
  );
}
