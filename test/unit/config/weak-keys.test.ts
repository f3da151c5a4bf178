import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findWeakness } from '../../../src/config/parts/weak-keys.ts';

const judge = (secret: string) => findWeakness({ id: 'k', secret });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const textOf = (encoding: BufferEncoding, length: number) =>
  bytes(length).map((drawn) => Buffer.from(drawn).toString(encoding));
const drawnFrom = (alphabet: string, length: number) =>
  fc
    .array(fc.nat(alphabet.length - 1), { minLength: length, maxLength: length })
    .map((places) => places.map((place) => alphabet.charAt(place)).join(''));

describe('a key that is easy to guess', () => {
  it.each([
    ['words', 'this-is-a-very-secret-signing-key!!'],
    ['words that are no placeholder', 'lamp-otter-violin-granite-harbor'],
    ['rows of a keyboard', 'qwertyuiopasdfghjklzxcvbnm123456'],
    ['columns of a keyboard', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9'],
    ['two rows in turn', '1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y'],
    ['words without spaces, said twice', 'supersecretkeysupersecretkey123456'],
    ['what is to be done', 'TODO-replace-me-with-a-real-secret-1'],
    ['a long sentence of that', 'please-replace-this-secret-with-a-real-one-before-going-to-production'],
    ['a well-known phrase', 'correct horse battery staple correct'],
    ['another one', 'the quick brown fox jumps over the lazy dog'],
    ['what it is for', 'test-test-key-for-staging-do-not-use'],
    ['that without spaces', 'mycompanyproductionkeyforthecustomers'],
    ['that with capitals', 'ThisIsMySuperSecretSigningKey2026'],
    ['digits for letters', 'P4ssw0rd-s3cr3t-k3y-f0r-t0k3ns-2024!'],
    ['a season', 'Sommer2026Sommer2026Sommer2026!!'],
    ['the digits in their sequence', '0123456789abcdef0123456789abcdef'],
    ['them backwards', 'fedcba9876543210fedcba9876543210'],
    ['an identifier that is next to nothing', '00000000-0000-0000-0000-000000000001'],
    ['hexadecimal words', 'deadbeefdeadbeefcafebabecafebabe'],
    ['one repeated word, not from the beginning', 'x-shop-shop-shop-shop-shop-shop-shop'],
  ])('is refused: %s', (_, secret) => {
    expect(judge(secret)).toMatch(/^has a secret /);
    expect(judge(secret)).not.toContain(secret);
  });
});

describe('a key that is hard to guess', () => {
  it.each([
    ['hexadecimal', textOf('hex', 16)],
    ['hexadecimal in capitals', textOf('hex', 16).map((text) => text.toUpperCase())],
    ['base64', textOf('base64', 24)],
    ['base64url', textOf('base64url', 24)],
    ['base64 of 32 bytes', textOf('base64', 32)],
    ['a random UUID', fc.uuid({ version: 4 })],
    ['letters and digits', drawnFrom('abcdefghijklmnopqrstuvwxyz0123456789', 32)],
    ['any characters', drawnFrom('!#$%&()*+-./:;<=>?@ABCXYZ[]^_abcxyz{|}~0123456789', 32)],
  ])('is taken, whatever was drawn: %s', (_, drawn) => {
    // Drawn evenly, as keys are: without what looks for the edges.
    fc.assert(
      fc.property(fc.noBias(drawn), (secret) => judge(secret) === null),
      { numRuns: 100 },
    );
  });

  it.each([
    ['that begins with the same character three times', 'aaa31f8c09d7e24b5f60c1d8a97e3b42'],
    ['with a word before it', 'shop-production-7f3a9c1e5b8d2046e1c9a7f305d8b264'],
    ['that says what it is for', 'test_4f9a8b27c6d1e03f5a98b7c6d2e1f034'],
    ['of many words drawn from a list', 'lamp-otter-violin-granite-harbor-maple-cobalt-tundra'],
  ])('is taken: %s', (_, secret) => {
    expect(judge(secret)).toBeNull();
  });
});
