import { describe, expect, it } from 'vitest';
import { liveChangeOf, noChanges, outlasting, overlaid, withChange } from '../../../src/dashboard/orders/live-rows.ts';
import type { OrderRow } from '../../../src/dashboard/orders/order-documents.ts';

const row = (id: string, version: number): OrderRow => ({
  id,
  version,
  number: id,
  userId: '1',
  status: 'PENDING',
  total: { amount: '1.00', currency: 'EUR' },
  charge: null,
  processedAt: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
});
const change = (id: string, version: number) => ({ row: row(id, version), at: '', receivedAtMs: 1000 });
const versions = (rows: readonly OrderRow[]) => rows.map(({ id, version }) => `${id}${version}`);

describe('a change that was told of', () => {
  it('shows in its row, and in no other', () => {
    const changes = withChange(noChanges, change('a', 2));
    expect(versions(overlaid([row('a', 1), row('b', 1)], changes))).toEqual(['a2', 'b1']);
  });

  it('takes no row back that is newer, whatever sequence changes come in', () => {
    const changes = withChange(withChange(noChanges, change('a', 3)), change('a', 2));
    expect(versions(overlaid([row('a', 1)], changes))).toEqual(['a3']);
    expect(versions(overlaid([row('a', 4)], changes))).toEqual(['a4']);
  });

  it('is what the row came from, until an answer has it', () => {
    const changes = withChange(noChanges, change('a', 2));
    expect(liveChangeOf(row('a', 2), changes)).toBeDefined();
    expect(liveChangeOf(row('a', 3), changes)).toBeUndefined();
    expect(outlasting(changes, [row('a', 2)], 900)).toBe(noChanges);
  });

  it('outlasts an answer that was asked for before it', () => {
    const changes = withChange(withChange(noChanges, change('a', 3)), change('b', 9));
    expect([...outlasting(changes, [row('a', 2)], 900).keys()]).toEqual(['a']);
  });

  it('is over with an answer that was asked for after it, whatever that says: it may have been lost', () => {
    expect(outlasting(withChange(noChanges, change('a', 3)), [row('a', 2)], 1100)).toBe(noChanges);
  });
});
