/** For an input of type `datetime-local`: the moment where the reader is, to the second. */
export function toLocalInput(at: string): string {
  if (at === '') return '';
  const date = new Date(at);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** The other way round; empty for what is no moment. */
export function fromLocalInput(text: string): string {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
