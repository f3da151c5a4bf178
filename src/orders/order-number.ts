/** `count` unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** Without I, L, O and U, so that numbers survive being read aloud or copied by hand. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Such as `T-7K3M9Q2X`: 40 random bits. The unique key detects a taken number, and another one is drawn. */
export function newOrderNumber(randomBytes: RandomBytes): string {
  return `T-${Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('')}`;
}
