import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadCursorError } from '../../../src/orders/errors.ts';
import { cursorToken, readCursor, writeCursor } from '../../../src/orders/order-cursor.ts';
import { type OrderSort, orderSortFields } from '../../../src/orders/order-sort.ts';

const values = { CREATED_AT: '1795246407538', UPDATED_AT: '0', TOTAL: '12.50', NUMBER: 'T-ä/"7' } as const;
const sorts = orderSortFields.flatMap((field) => [
  { field, direction: 'ASC' } as const,
  { field, direction: 'DESC' } as const,
]);

describe('a cursor', () => {
  it.each(sorts)('of $field $direction reads back as the place it was made for', (sort) => {
    const place = { value: values[sort.field], id: 2n ** 53n + 1n };
    expect(readCursor(writeCursor(sort, place, 'token'), sort, 'after')).toEqual(place);
  });

  it('is good for no other sort', () => {
    for (const made of sorts) {
      const cursor = writeCursor(made, { value: values[made.field], id: 1n }, null);
      for (const used of sorts.filter((sort) => sort !== made)) {
        expect(() => readCursor(cursor, used, 'before')).toThrow(BadCursorError);
      }
    }
  });

  it('gives out the token it carries, for any sort', () => {
    fc.assert(
      fc.property(fc.option(fc.string(), { nil: null }), fc.constantFrom(...sorts), (token, sort) => {
        expect(cursorToken(writeCursor(sort, { value: values[sort.field], id: 1n }, token))).toBe(token);
      }),
    );
  });

  it('fits a URL and hides what it carries', () => {
    const cursor = writeCursor({ field: 'NUMBER', direction: 'ASC' }, { value: values.NUMBER, id: 7n }, 'a.b');
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  const sort: OrderSort = { field: 'TOTAL', direction: 'ASC' };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    ['nothing', ''],
    ['any text', 'not a cursor'],
    ['other JSON', encode({ id: 1 })],
    ['null', encode(null)],
    ['a part too many', encode([1, 2, 1, '1.00', '1', null, 1])],
    ['a later version', encode([2, 2, 1, '1.00', '1', null])],
    ['a field that does not exist', encode([1, 9, 1, '1.00', '1', null])],
    ['SQL for a value', encode([1, 2, 1, '1 OR 1=1', '1', null])],
    ['an id too large', encode([1, 2, 1, '1.00', '9'.repeat(19), null])],
    ['a negative id', encode([1, 2, 1, '1.00', '-1', null])],
    ['a number for a token', encode([1, 2, 1, '1.00', '1', 5])],
    ['far too much', encode([1, 2, 1, '1.00', '1', 'x'.repeat(10_000)])],
  ])('made of %s is refused', (_, cursor) => {
    expect(() => readCursor(cursor, sort, 'after')).toThrow(BadCursorError);
  });

  it('that is forged never breaks anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => {
          cursorToken(text);
          try {
            readCursor(text, sort, 'after');
          } catch (error) {
            expect(error).toBeInstanceOf(BadCursorError);
          }
        },
      ),
    );
  });
});
