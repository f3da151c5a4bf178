import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeBetween, conflictsBetween, type Editable, merged } from '../../../src/dashboard/orders/merge-changes.ts';

const before: Editable = { status: 'PENDING', charge: '', processedAt: '' };

const editable: fc.Arbitrary<Editable> = fc.record({
  status: fc.constantFrom('PENDING', 'PAID', 'CANCELLED'),
  charge: fc.constantFrom('', '5.00', '6.00'),
  processedAt: fc.constantFrom('', '2026-11-21T10:00:00.000Z'),
});

describe('two changes of one order', () => {
  it('to different fields are both taken', () => {
    const conflicts = conflictsBetween(before, { ...before, charge: '5.00' }, { ...before, status: 'PAID' });
    expect(conflicts.filter(({ open }) => open)).toEqual([]);
    expect(merged(conflicts, {})).toEqual({ status: 'PAID', charge: '5.00', processedAt: '' });
  });

  it('to one field are for a person to choose from', () => {
    const conflicts = conflictsBetween(before, { ...before, charge: '5.00' }, { ...before, charge: '6.00' });
    expect(conflicts.filter(({ open }) => open).map(({ field }) => field)).toEqual(['charge']);
    expect(merged(conflicts, {}).charge).toBe('5.00');
    expect(merged(conflicts, { charge: 'theirs' }).charge).toBe('6.00');
  });

  it('that are the same leave nothing to write', () => {
    const mine = { ...before, status: 'PAID' };
    expect(changeBetween(mine, merged(conflictsBetween(before, mine, mine), {}))).toBeNull();
  });

  it('lose nothing that only one of them changed', () => {
    fc.assert(
      fc.property(editable, editable, editable, (base, mine, theirs) => {
        const result = merged(conflictsBetween(base, mine, theirs), {});
        for (const field of ['status', 'charge', 'processedAt'] as const) {
          if (mine[field] === base[field]) expect(result[field]).toBe(theirs[field]);
          else expect(result[field]).toBe(mine[field]);
        }
      }),
    );
  });
});

describe('what is written', () => {
  it('is only what differs, and clears what is empty now', () => {
    expect(changeBetween({ ...before, charge: '5.00' }, { ...before, status: 'PAID' })).toEqual({
      status: 'PAID',
      charge: null,
    });
  });
});
