import type { Metrics } from '../platform/metrics.ts';
import type { MirrorState } from './mirror.ts';

/** Measures what the mirror of this process has done, from what it knows: no server is asked. */
export function measureMirror(state: () => MirrorState, metrics: Metrics): void {
  metrics.countedElsewhere(
    {
      name: 'tidemark_mirror_applied_records_total',
      help: 'Records that this process has brought to the backup.',
      labels: {},
    },
    () => [{ labels: {}, value: state().applied }],
  );
  metrics.countedElsewhere(
    {
      name: 'tidemark_mirror_parity_mismatches_total',
      help: 'Records that were found to differ between source and backup although nothing was on its way, and made right.',
      labels: {},
    },
    () => [{ labels: {}, value: state().mismatches }],
  );
  metrics.gauge(
    {
      name: 'tidemark_mirror_last_comparison_timestamp_seconds',
      help: 'When this process last compared a part of source and backup, in seconds since 1970.',
      labels: {},
    },
    () => {
      const { lastComparedAtMs } = state();
      return lastComparedAtMs === null ? [] : [{ labels: {}, value: lastComparedAtMs / 1000 }];
    },
  );
}
