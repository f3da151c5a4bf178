import { bucketEndsMs, type RoundStats } from './round-stats.ts';

/** Latencies of the reads with and without the token, side by side, each bar as a share of its own reads. */
export function LatencyHistogram({ withToken, withoutToken }: { withToken: RoundStats; withoutToken: RoundStats }) {
  const highest = Math.max(highestShare(withToken), highestShare(withoutToken));
  return (
    <figure className="histogram">
      <figcaption className="panel-sub">Read latency in milliseconds</figcaption>
      <div className="histogram-bars" role="img" aria-label={inWords(withToken, withoutToken)}>
        {bucketEndsMs.map((endMs, index) => (
          <div key={endMs} className="histogram-bucket">
            <svg viewBox="0 0 20 100" preserveAspectRatio="none" aria-hidden="true">
              <Bar x={1} series="off" share={shareOf(withoutToken, index) / highest} />
              <Bar x={10.5} series="on" share={shareOf(withToken, index) / highest} />
            </svg>
            <span>{endInWords(index)}</span>
          </div>
        ))}
      </div>
    </figure>
  );
}

function Bar({ x, share, series }: { x: number; share: number; series: 'on' | 'off' }) {
  const height = Number.isFinite(share) ? Math.max(share * 100, share > 0 ? 1.5 : 0) : 0;
  return <rect data-token={series} x={x} y={100 - height} width={8.5} height={height} />;
}

function shareOf({ counts, rounds }: RoundStats, index: number): number {
  return rounds === 0 ? 0 : (counts[index] ?? 0) / rounds;
}

function highestShare(stats: RoundStats): number {
  return Math.max(...stats.counts.map((_, index) => shareOf(stats, index)));
}

function endInWords(index: number): string {
  const endMs = bucketEndsMs[index] ?? Number.POSITIVE_INFINITY;
  if (Number.isFinite(endMs)) return endMs >= 1000 ? `<${endMs / 1000}s` : `<${endMs}`;
  return 'more';
}

function inWords(withToken: RoundStats, withoutToken: RoundStats): string {
  const all = [
    ['without the token', withoutToken],
    ['with the token', withToken],
  ] as const;
  const told = all.filter(([, { rounds }]) => rounds > 0).map(([who, stats]) => `${who}, ${mostIn(stats)}`);
  return told.length === 0 ? 'No reads yet' : `Most reads: ${told.join('; ')}`;
}

function mostIn({ counts }: RoundStats): string {
  const index = counts.indexOf(Math.max(...counts));
  const endMs = bucketEndsMs[index] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(endMs) ? `under ${endMs} ms` : 'a second or more';
}
