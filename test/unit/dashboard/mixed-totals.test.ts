import { describe, expect, it } from 'vitest';
import { mixedTotalsNote } from '../../../src/dashboard/orders/mixed-totals.ts';
import { viewOf } from '../../../src/dashboard/orders/order-view.ts';

describe('a list of orders whose totals are compared', () => {
  it.each([
    ['', null],
    ['?sort=-number', null],
    ['?sort=total', 'Sorted by amount, ignoring the currency.'],
    ['?sort=-total', 'Sorted by amount, ignoring the currency.'],
    ['?min=5', 'Filtered by amount, ignoring the currency.'],
    ['?max=5', 'Filtered by amount, ignoring the currency.'],
    ['?sort=total&max=5', 'Sorted and filtered by amount, ignoring the currency.'],
    ['?sort=total&currency=EUR', null],
    ['?min=5&max=9&currency=EUR', null],
    ['?currency=EUR', null],
  ])('%s says %j', (search, note) => {
    expect(mixedTotalsNote(viewOf(search))).toBe(note);
  });
});
