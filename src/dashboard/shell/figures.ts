const counts = new Intl.NumberFormat('en-US');

/** `26,723`: the one format of counts on the page. */
export function countInWords(count: number): string {
  return counts.format(count);
}

/** `1 order`, `2 orders`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countInWords(count)} ${count === 1 ? one : many}`;
}
