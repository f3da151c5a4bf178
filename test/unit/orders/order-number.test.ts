import { expect, it } from 'vitest';
import { newOrderNumber } from '../../../src/orders/order-number.ts';

it('A drawn number is easy to read aloud and follows from the bytes drawn', () => {
  expect(newOrderNumber(() => Uint8Array.from([0, 31, 32, 63, 255, 10, 18, 19]))).toBe('T-0Z0ZZAJK');
  const all = newOrderNumber(() => Uint8Array.from({ length: 256 }, (_, byte) => byte));
  expect(all).not.toMatch(/[ILOU]/);
});
