import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount, parseAmount, totalOf } from '../../../src/orders/money.ts';

describe('amounts', () => {
  it.each([
    ['12.50', 1250n],
    ['12.5', 1250n],
    ['12', 1200n],
    ['0', 0n],
    ['0.01', 1n],
    ['-3.20', -320n],
    ['9999999999.99', 999_999_999_999n],
    ['12.505', null],
    ['12.', null],
    ['.5', null],
    ['1e3', null],
    ['1,5', null],
    ['', null],
    [' 1', null],
  ] as const)('reads %j as %s', (text, hundredths) => {
    expect(parseAmount(text)).toBe(hundredths);
  });

  it('read back what they were printed as', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (hundredths) => {
        expect(parseAmount(formatAmount(hundredths))).toBe(hundredths);
      }),
    );
  });

  it('add up exactly where floats do not', () => {
    expect(0.1 * 3).not.toBe(0.3);
    expect(totalOf([{ quantity: 3, unitPrice: 10n }])).toBe(30n);
    expect(totalOf([{ quantity: 1_000_000, unitPrice: 999_999_999_999n }])).toBe(999_999_999_999_000_000n);
  });
});
