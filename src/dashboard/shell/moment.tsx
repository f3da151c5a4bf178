/** A moment in the reader's own time, and the exact one for who points at it. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {momentInWords(at)}
    </time>
  );
}

const parts = { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const inThisYear = new Intl.DateTimeFormat('en-GB', parts);
const inAnotherYear = new Intl.DateTimeFormat('en-GB', { ...parts, year: 'numeric' });

/** The year is said only when it is not the present one. */
export function momentInWords(at: string, now: Date = new Date()): string {
  const moment = new Date(at);
  const format = moment.getFullYear() === now.getFullYear() ? inThisYear : inAnotherYear;
  return format.format(moment).replace(',', '');
}
