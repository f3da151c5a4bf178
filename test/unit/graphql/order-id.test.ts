import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderIdOf } from '../../../src/graphql/orders/order-id.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an opaque order id', () => {
  it('names the order it was made for', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (id) => {
        expect(orderIdOf(base64(`Order:${id}`))).toBe(id);
      }),
    );
  });

  it.each([
    '',
    '7',
    'Order:7',
    base64('User:7'),
    base64('Order:'),
    base64('Order:0'),
    base64('Order:07'),
    base64('Order:-7'),
    base64('Order:7:8'),
    base64('Order:9223372036854775808'),
    `${base64('Order:7')}=`,
    ` ${base64('Order:7')}`,
    'x'.repeat(100_000),
  ])('is not %j', (text) => {
    expect(orderIdOf(text)).toBeNull();
  });

  it('is never anything that breaks', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(orderIdOf(text)).toBeNull();
      }),
    );
  });
});
