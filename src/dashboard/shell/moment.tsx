import { useZone } from './zone.ts';
import { clockInWords, momentInWords } from './zoned-time.ts';

/** A moment in the time zone of the page, and the exact one for who points at it. */
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
