/**
 * Amounts are bigint hundredths: sums are exact and no float ever holds money. The database stores them as DECIMAL(12,2), which
 * bounds them.
 */
export const maxAmount = 999_999_999_999n;

/** Hundredths from decimal text such as `12`, `12.5` or `12.50`; `null` if it is malformed or has more than two decimals. */
export function parseAmount(text: string): bigint | null {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const hundredths = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
  return sign === '-' ? -hundredths : hundredths;
}

/** `1250n` is `12.50`. */
export function formatAmount(hundredths: bigint): string {
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function totalOf(items: readonly { quantity: number; unitPrice: bigint }[]): bigint {
  return items.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * unitPrice, 0n);
}
