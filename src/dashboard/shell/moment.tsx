import { useZone } from './zone.ts';
import { clockInWords, momentInWords } from './zoned-time.ts';

/** A time in the page's time zone, with the exact one as tooltip. */
export function Moment({ at }: { at: string }) {
  const zone = useZone();
  return (
    <time dateTime={at} title={at}>
      {momentInWords(at, zone)}
    </time>
  );
}

/** A time of today. */
export function Clock({ atMs }: { atMs: number }) {
  const zone = useZone();
  const at = new Date(atMs).toISOString();
  return (
    <time dateTime={at} title={at}>
      {clockInWords(atMs, zone)}
    </time>
  );
}
