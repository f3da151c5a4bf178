import { commonPairs, commonWords, keyboardRows, placeholderWords } from './common-words.ts';
import type { TokenKeyConfig } from './token-keys.ts';

/** At a thousand million guesses a second, this many bits last for centuries. 32 random hexadecimal digits have 128. */
const enoughBits = 70;
/** What each kind of part adds to a secret, against an attacker who tries first what people type. */
const bits = {
  listed: 6,
  besidePlaceholder: 4,
  spelt: 12,
  perSpeltLetter: 2,
  delimiter: 1,
  row: 6,
  again: 6,
  perProseLetter: 1.8,
} as const;
const maxPartLength = 40;
const textBefore = 200;

/** What makes a secret too easy to guess. Tokens go to untrusted clients, so any of them may try. */
export function findWeakness({ secret }: TokenKeyConfig): string | null {
  const words = /(not-a-secret|change-?me|example|password|development|insecure|placeholder|default)/i.exec(
    secret,
  )?.[1];
  if (words !== undefined) return `has a secret that says "${words.toLowerCase()}"`;
  if (new Set(secret).size < 8) return 'has a secret of less than 8 different characters';
  return bitsToGuess(secret) < enoughBits
    ? 'has a secret that can be guessed, made of words, repetitions or rows of keys'
    : null;
}

/**
 * Bits that an attacker has to guess who knows words, phrases, keyboards and repetitions: the cheapest way to read the secret
 * as a sequence of such parts and single characters.
 */
export function bitsToGuess(secret: string): number {
  const plain = unleet(secret);
  const inWords = secret.replace(/([a-z])(?=[A-Z])/g, '$1 ');
  const perCharacter = Math.log2(Math.min(alphabetOf(secret), new Set(secret).size));
  const hasPlaceholder = [...unleet(inWords).matchAll(/[a-z]+/g)].some(([word]) => placeholderWords.has(word));
  const perListed = hasPlaceholder ? bits.besidePlaceholder : bits.listed;
  const cheapest: number[] = [0];
  for (let end = 1; end <= secret.length; end += 1) {
    const isDelimiter = /[-_ .]/.test(secret.charAt(end - 1));
    let least = at(cheapest, end - 1) + (isDelimiter ? Math.min(bits.delimiter, perCharacter) : perCharacter);
    for (let start = Math.max(0, end - maxPartLength); start <= end - 1; start += 1) {
      const cost = partBits(secret, plain, start, end, perListed);
      if (cost !== null) least = Math.min(least, at(cheapest, start) + cost);
    }
    cheapest.push(least);
  }
  return at(cheapest, secret.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}

/** `null` if it is not a known part. */
function partBits(secret: string, plain: string, start: number, end: number, perListed: number): number | null {
  const part = plain.slice(start, end);
  const costs = [
    commonWords.has(part) && perListed,
    isSpelt(secret, start, end) && Math.max(bits.spelt, bits.perSpeltLetter * part.length),
    part.length >= 4 && isRow(secret.slice(start, end).toLowerCase()) && bits.row,
    part.length >= 4 && plain.slice(Math.max(0, start - textBefore), start).includes(part) && bits.again,
    part.length >= 14 && isProse(secret.slice(start, end), 0.6) && bits.perProseLetter * part.length,
  ].filter((cost) => cost !== false);
  return costs.length === 0 ? null : Math.min(...costs);
}

/** A pronounceable word, listed or not. */
function isSpelt(secret: string, start: number, end: number): boolean {
  const word = secret.slice(start, end);
  if (word.length < 3 || word.length > 14) return false;
  const before = secret.charAt(start - 1);
  const after = secret.charAt(end);
  const begins = !/[a-z]/i.test(before) || (/[a-z]/.test(before) && /[A-Z]/.test(word.charAt(0)));
  const ends = !/[a-z]/i.test(after) || (/[A-Z]/.test(after) && /[a-z]/.test(word.slice(-1)));
  return begins && ends && isProse(word, 0.5);
}

/** Neighbours in the alphabet or on the keyboard, forwards or backwards, or one repeated character. */
function isRow(part: string): boolean {
  const steps = new Set([...part].slice(1).map((one, index) => one.charCodeAt(0) - part.charCodeAt(index)));
  const [step = 0] = steps;
  if (steps.size === 1 && Math.abs(step) <= 1) return true;
  const backwards = [...part].reverse().join('');
  return keyboardRows.some((row) => row.includes(part) || row.includes(backwards));
}

/** Whether at least this share of its letter pairs is common in English. */
function isProse(part: string, share: number): boolean {
  if (!/^([A-Z]?[a-z]+|[A-Z]+)$/.test(part)) return false;
  const letters = part.toLowerCase();
  let common = 0;
  for (let index = 1; index < letters.length; index += 1) {
    if (commonPairs.has(letters.slice(index - 1, index + 1))) common += 1;
  }
  return common >= (letters.length - 1) * share;
}

const leet: Readonly<Record<string, string>> = { 0: 'o', 1: 'l', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' };

function unleet(secret: string): string {
  return secret.toLowerCase().replace(/[013457@$]/g, (character) => leet[character] ?? character);
}

/** The size of the alphabet that the characters seem to come from. */
function alphabetOf(secret: string): number {
  if (/^[0-9a-f-]*$/.test(secret) || /^[0-9A-F-]*$/.test(secret)) return 16;
  const classes = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 10],
  ] as const;
  return classes.reduce((sum, [pattern, size]) => sum + (pattern.test(secret) ? size : 0), 0);
}
