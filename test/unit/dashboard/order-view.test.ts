import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageVariables } from '../../../src/dashboard/orders/order-variables.ts';
import {
  changed,
  isFiltered,
  noFilters,
  type OrderView,
  orderStatuses,
  pageSizes,
  searchOf,
  sortFields,
  viewOf,
} from '../../../src/dashboard/orders/order-view.ts';
import { viewFaults } from '../../../src/dashboard/orders/view-faults.ts';

const plain = viewOf('');

const someView: fc.Arbitrary<OrderView> = fc.record({
  number: fc.stringMatching(/^[A-Za-z0-9._/-]{0,32}$/),
  status: fc.subarray([...orderStatuses]),
  userId: fc.constantFrom('', '7', '9007199254740993'),
  missingCharge: fc.boolean(),
  missingProcessedAt: fc.boolean(),
  from: fc.constantFrom('', '2026-11-01'),
  to: fc.constantFrom('', '2026-11-30'),
  min: fc.constantFrom('', '10', '10.50'),
  max: fc.constantFrom('', '99.99'),
  currency: fc.constantFrom('', 'EUR'),
  sort: fc.record({
    field: fc.constantFrom(...sortFields),
    direction: fc.constantFrom<'ASC' | 'DESC'>('ASC', 'DESC'),
  }),
  place: fc.constantFrom(null, { after: 'eyJhIjox+/=' }, { before: 'abc-_' }),
  size: fc.constantFrom(...pageSizes),
});

describe('a view of the orders', () => {
  it('is read out of the address as it was written into it', () => {
    fc.assert(
      fc.property(someView, (view) => {
        expect(viewOf(searchOf(view, 'UTC'))).toEqual(view);
      }),
    );
  });

  it('needs no words in the address while nothing was chosen', () => {
    expect(searchOf(plain, 'UTC')).toBe('');
  });

  it('is legible in the address', () => {
    const view = changed(plain, { status: ['PENDING', 'PAID'], missingCharge: true, missingProcessedAt: true });
    expect(searchOf(view, 'UTC')).toBe('?status=PENDING,PAID&missing=charge,processed_at');
  });

  it('takes what cannot be read for not there', () => {
    const search = '?status=LOST&size=7&sort=-luck&user=-1&min=1e9&from=yesterday&currency=euro&after=%3Cb%3E';
    expect(viewOf(search)).toEqual(plain);
  });

  it('keeps a number that no order can have, and says so: it never shows other orders instead', () => {
    for (const length of [33, 65, 200, 5000]) {
      const view = viewOf(`?number=${'x'.repeat(length)}`);
      expect(isFiltered(view), String(length)).toBe(true);
      expect(viewFaults(view)).toEqual([{ fields: ['number'], text: 'An order number has at most 32 characters.' }]);
    }
    expect(viewFaults(viewOf(`?number=${'x'.repeat(32)}`))).toEqual([]);
  });

  it('begins at its first page when it is changed', () => {
    const second = { ...plain, place: { after: 'abc' } };
    expect(changed(second, { number: 'T-1' }).place).toBeNull();
  });

  it('is filtered by what it shows, not by how it shows it', () => {
    expect(isFiltered(plain)).toBe(false);
    expect(isFiltered(changed(plain, { ...noFilters, size: 100 }))).toBe(false);
    expect(isFiltered({ ...plain, status: ['PAID'] })).toBe(true);
  });
});

describe('what is asked for a view', () => {
  it('leaves out what does not matter', () => {
    expect(pageVariables(plain, 'UTC')).toEqual({
      where: {},
      orderBy: { field: 'CREATED_AT', direction: 'DESC' },
      first: 20,
    });
  });

  it('goes backwards from a place before which it lies', () => {
    const { first, last, before } = pageVariables({ ...plain, place: { before: 'abc' } }, 'UTC');
    expect({ first, last, before }).toEqual({ last: 20, before: 'abc' });
  });

  it('takes both days of a span as a whole', () => {
    const { where } = pageVariables({ ...plain, from: '2026-11-20', to: '2026-11-21' }, 'UTC');
    const { from, to } = where.created as { from: string; to: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 24 * 3600 * 1000);
  });

  it('takes days for those of the zone, and says in the address which that is', () => {
    const view = { ...plain, from: '2026-10-31', to: '2026-10-31' };
    const created = (zone: string) => pageVariables(view, zone).where.created;
    expect(created('Asia/Tokyo')).toEqual({ from: '2026-10-30T15:00:00.000Z', to: '2026-10-31T15:00:00.000Z' });
    expect(created('America/Los_Angeles')).toEqual({
      from: '2026-10-31T07:00:00.000Z',
      to: '2026-11-01T07:00:00.000Z',
    });
    expect(searchOf(view, 'Asia/Tokyo')).toBe('?from=2026-10-31&to=2026-10-31&tz=Asia/Tokyo');
    expect(searchOf(plain, 'Asia/Tokyo')).toBe('');
  });

  it.each(['2026-02-31', '2026-13-01', '0000-01-01', '2026-1-1'])('knows that %s is no day', (from) => {
    expect(viewOf(`?from=${from}`).from).toBe('');
  });
});
