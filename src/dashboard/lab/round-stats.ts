/** Results of the loop, as immutable values. A round is a write followed by a read. */
export type Round = {
  /** The version that was written, and the one that was read; `null` if the order was not found. */
  readonly wrote: number;
  readonly read: number | null;
  readonly node: string | null;
  readonly role: string | null;
  readonly reason: string | null;
  /** Latency of the read as measured by the page. */
  readonly readMs: number;
};

export type RoundStats = {
  readonly rounds: number;
  readonly stale: number;
  readonly onReplicas: number;
  /** Rounds that failed with an error of the API. */
  readonly failed: number;
  readonly lastError: string | null;
  /** Histogram of the latencies: `counts[i]` took less than `bucketEndsMs[i]`, and not less than the bound before. */
  readonly counts: readonly number[];
  /** Latencies of the last reads. */
  readonly samplesMs: readonly number[];
};

export const bucketEndsMs = [1, 2, 3, 5, 8, 12, 20, 35, 60, 100, 200, 500, 1000, Number.POSITIVE_INFINITY] as const;

const keptSamples = 2000;

export const noRounds: RoundStats = {
  rounds: 0,
  stale: 0,
  onReplicas: 0,
  failed: 0,
  lastError: null,
  counts: bucketEndsMs.map(() => 0),
  samplesMs: [],
};

/** The read does not show the write before it. */
export function isStale({ wrote, read }: Round): boolean {
  return read === null || read < wrote;
}

export function withRound(stats: RoundStats, round: Round): RoundStats {
  const bucket = bucketEndsMs.findIndex((endMs) => round.readMs < endMs);
  return {
    ...stats,
    rounds: stats.rounds + 1,
    stale: stats.stale + (isStale(round) ? 1 : 0),
    onReplicas: stats.onReplicas + (round.role === 'REPLICA' ? 1 : 0),
    counts: stats.counts.map((count, index) => (index === bucket ? count + 1 : count)),
    samplesMs: [...stats.samplesMs.slice(1 - keptSamples), round.readMs],
  };
}

export function withFailure(stats: RoundStats, code: string): RoundStats {
  return { ...stats, failed: stats.failed + 1, lastError: code };
}

/** `null` if there are no samples. */
export function percentileMs({ samplesMs }: RoundStats, percent: number): number | null {
  if (samplesMs.length === 0) return null;
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

/** Whole percentages, but never 0 % of something or 100 % of less than all. */
export function shareInWords(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return '< 1 %';
  if (part < whole && percent > 99) return '> 99 %';
  return `${Math.round(percent)} %`;
}
