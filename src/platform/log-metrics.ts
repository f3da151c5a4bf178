import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Lines that were lost are found nowhere else. */
export function measureLog(log: Pick<Log, 'lostLines'>, metrics: Metrics): void {
  metrics.countedElsewhere(
    {
      name: 'tidemark_log_lines_lost_total',
      help: 'Lines that could not be written to the log: its disk was full, or nobody read.',
      labels: {},
    },
    () => [{ labels: {}, value: log.lostLines() }],
  );
}
