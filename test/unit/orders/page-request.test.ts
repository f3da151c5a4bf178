import { describe, expect, it } from 'vitest';
import { BadListRequestError } from '../../../src/orders/errors.ts';
import { writeCursor } from '../../../src/orders/order-cursor.ts';
import { readPageRequest } from '../../../src/orders/page-request.ts';

const sort = { field: 'CREATED_AT', direction: 'DESC' } as const;
const place = { value: '5', id: 9n };
const cursor = writeCursor(sort, place, null);

describe('a page', () => {
  it('defaults to the first 20 orders', () => {
    expect(readPageRequest({}, sort)).toEqual({ size: 20, backward: false, after: null, before: null });
  });

  it('may lie between two cursors', () => {
    expect(readPageRequest({ last: 100, after: cursor, before: cursor }, sort)).toEqual({
      size: 100,
      backward: true,
      after: place,
      before: place,
    });
  });

  it.each([{ first: 0 }, { first: 101 }, { first: -1 }, { last: 0 }, { last: 101 }, { first: 1, last: 1 }])(
    'asked for with %j is refused',
    (page) => {
      expect(() => readPageRequest(page, sort)).toThrow(BadListRequestError);
    },
  );
});
