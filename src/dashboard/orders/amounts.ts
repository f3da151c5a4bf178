/** Parses `12`, `12.5` and `12.50` to hundredths; `null` for anything else. Never a float: amounts are exact. */
export function hundredthsOf(text: string): bigint | null {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  return BigInt(match[1] ?? '0') * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
}

export function amountOf(hundredths: bigint): string {
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

/** `2,716.00` for display, or `2,716` in a currency without minor units (unless the amount has a fraction after all). */
export function readableAmount(amount: string, currency = ''): string {
  const [whole = '', rest] = amount.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const isWhole = rest === undefined || (/^0*$/.test(rest) && !hasSmallerUnit(currency));
  return isWhole ? grouped : `${grouped}.${rest}`;
}

const smallerUnits = new Map<string, boolean>();

function hasSmallerUnit(currency: string): boolean {
  if (!/^[A-Z]{3}$/.test(currency)) return true;
  const known = smallerUnits.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  const has = (format.resolvedOptions().maximumFractionDigits ?? 2) > 0;
  smallerUnits.set(currency, has);
  return has;
}
