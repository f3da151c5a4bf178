import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** The only trace of lost lines. */
export function measureLog(log: Pick<Log, 'lostLines'>, metrics: Metrics): void {
  metrics.countedElsewhere(
    {
      name: 'tidemark_log_lines_lost_total',
      help: 'Log lines that could not be written because the disk was full or the pipe was not read.',
      labels: {},
    },
    () => [{ labels: {}, value: log.lostLines() }],
  );
}
