/** A moment in the reader's own time, and the exact one for who points at it. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {momentInWords(at)}
    </time>
  );
}

const format = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function momentInWords(at: string): string {
  return format.format(new Date(at)).replace(',', '');
}
