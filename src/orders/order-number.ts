/** `count` bytes that nobody can guess. */
export type RandomBytes = (count: number) => Uint8Array;

/** No I, L, O or U: read aloud or copied by hand, a number stays what it was. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Such as `T-7K3M9Q2X`: 40 random bits, so the unique key decides and a taken one is drawn again. */
export function newOrderNumber(randomBytes: RandomBytes): string {
  return `T-${Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('')}`;
}
