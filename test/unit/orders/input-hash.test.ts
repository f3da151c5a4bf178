import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, hashInput } from '../../../src/orders/input-hash.ts';

describe('the hash of an input', () => {
  it('does not depend on the order of its parts nor on the key', () => {
    expect(hashInput({ a: 1, b: { c: 2n, d: null }, idempotencyKey: 'x' })).toBe(
      hashInput({ b: { d: null, c: 2n }, a: 1, idempotencyKey: 'y' }),
    );
  });

  it('depends on everything else', () => {
    const base = { id: 1n, charge: null, at: new Date(5), items: ['a', 'b'] };
    const others = [
      { ...base, id: 2n },
      { ...base, charge: undefined },
      { ...base, at: new Date(6) },
      { ...base, items: ['b', 'a'] },
    ];
    const hashes = [base, ...others].map(hashInput);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is made of JSON that means the same as its input', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
