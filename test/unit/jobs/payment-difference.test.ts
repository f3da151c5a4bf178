import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../src/database/orders/order-rows.ts';
import { paymentDifference } from '../../../src/jobs/payment-difference.ts';

const noon = new Date('2026-03-01T12:00:00.000Z');
const later = new Date('2026-03-01T12:00:00.001Z');
const order = (charge: string | null, processedAt: Date | null) => ({
  charge: charge === null ? null : new Decimal(charge),
  processedAt,
});

describe('what the payment provider knows and an order does not say', () => {
  const table: [
    what: string,
    ...Parameters<typeof paymentDifference>,
    difference: ReturnType<typeof paymentDifference>,
  ][] = [
    ['is nothing when both say the same', order('12.50', noon), { charge: 1250n, processedAt: new Date(noon) }, null],
    ['is nothing when neither knows anything', order(null, null), { charge: null, processedAt: null }, null],
    ['is a charge', order(null, noon), { charge: 1250n, processedAt: noon }, { charge: 1250n }],
    ['is another charge', order('12.49', null), { charge: 1250n, processedAt: null }, { charge: 1250n }],
    ['is a moment', order('12.50', null), { charge: 1250n, processedAt: noon }, { processedAt: noon }],
    ['is another moment', order('12.50', noon), { charge: 1250n, processedAt: later }, { processedAt: later }],
    ['is both', order(null, null), { charge: 0n, processedAt: noon }, { charge: 0n, processedAt: noon }],
    ['takes nothing away', order('12.50', noon), { charge: null, processedAt: null }, null],
    ['is no other way to write the same amount', order('7', null), { charge: 700n, processedAt: null }, null],
  ];
  it.each(table)('%s', (_, seen, payment, difference) => {
    expect(paymentDifference(seen, payment)).toEqual(difference);
  });
});
