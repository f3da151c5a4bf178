import { describe, expect, it } from 'vitest';
import { changesSomething, createOrderRules, orderChangesRules } from '../../../src/orders/order-rules.ts';

const item = { sku: 'MUG', name: 'Mug', quantity: 2, unitPrice: '4.50' };
const order = { userId: '7', currency: 'EUR', items: [item] };

const faultsOf = (input: object) =>
  (createOrderRules.safeParse(input).error?.issues ?? []).map(({ path }) => path.join('.')).sort();

describe('a new order', () => {
  it('is read into exact values, what is left out as null', () => {
    expect(createOrderRules.parse({ ...order, charge: '9', number: undefined, processedAt: null })).toEqual({
      userId: 7n,
      number: null,
      currency: 'EUR',
      items: [{ ...item, unitPrice: 450n }],
      charge: 900n,
      processedAt: null,
      idempotencyKey: null,
    });
  });

  it.each([
    ['userId', { userId: '0' }],
    ['userId', { userId: '-1' }],
    ['userId', { userId: 'seven' }],
    ['userId', { userId: '9223372036854775808' }],
    ['number', { number: '' }],
    ['number', { number: 'a b' }],
    ['number', { number: 'x'.repeat(33) }],
    ['currency', { currency: 'eur' }],
    ['currency', { currency: 'EURO' }],
    ['currency', { currency: 'QQQ' }],
    ['items', { items: [] }],
    ['items', { items: Array(51).fill(item) }],
    ['items', { items: [{ ...item, quantity: 1_000_000, unitPrice: '10000.00' }] }],
    ['items.0.sku', { items: [{ ...item, sku: ' MUG' }] }],
    ['items.0.sku', { items: [{ ...item, sku: 'x'.repeat(65) }] }],
    ['items.0.name', { items: [{ ...item, name: '' }] }],
    ['items.0.quantity', { items: [{ ...item, quantity: 0 }] }],
    ['items.0.quantity', { items: [{ ...item, quantity: 1_000_001 }] }],
    ['items.0.unitPrice', { items: [{ ...item, unitPrice: '-0.01' }] }],
    ['items.0.unitPrice', { items: [{ ...item, unitPrice: '0.001' }] }],
    ['items.0.unitPrice', { items: [{ ...item, unitPrice: '10000000000' }] }],
    ['charge', { charge: '1.234' }],
    ['charge', { charge: '-1' }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'k ' }],
    ['idempotencyKey', { idempotencyKey: 'k'.repeat(201) }],
  ])('with a bad %s is refused', (path, part) => {
    expect(faultsOf({ ...order, ...part })).toEqual([path]);
  });

  it('may just fit', () => {
    const items = [{ ...item, quantity: 1, unitPrice: '9999999999.99' }];
    const { success } = createOrderRules.safeParse({
      ...order,
      items,
      number: 'N'.repeat(32),
      idempotencyKey: 'k'.repeat(200),
    });
    expect(success).toBe(true);
  });

  it('is told everything that is wrong with it at once', () => {
    const bad = { userId: '', currency: '', items: [item, { ...item, quantity: 0, unitPrice: 'x' }], charge: '?' };
    expect(faultsOf(bad)).toEqual(['charge', 'currency', 'items.1.quantity', 'items.1.unitPrice', 'userId']);
  });
});

describe('a change', () => {
  it('tells clearing from leaving alone', () => {
    expect(orderChangesRules.parse({ charge: null })).toEqual({ charge: null });
    expect(changesSomething({ charge: null })).toBe(true);
    expect(changesSomething({})).toBe(false);
    expect(changesSomething({ status: null })).toBe(false);
  });
});
