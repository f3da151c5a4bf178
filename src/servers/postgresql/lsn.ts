/** Places in a write-ahead log, as PostgreSQL prints them: `0/1781F18`, with leading zeros since 19. Only the numbers compare. */

/** The highest place that the format can name. */
export const highestLsn = 2n ** 64n - 1n;

/** `null` for anything but two hexadecimal numbers of 32 bits. */
export function parseLsn(text: string): bigint | null {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) return null;
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** Without leading zeros, whichever version printed it. */
export function formatLsn(lsn: bigint): string {
  const hex = (number: bigint) => number.toString(16).toUpperCase();
  return `${hex(lsn >> 32n)}/${hex(lsn & 0xffff_ffffn)}`;
}
