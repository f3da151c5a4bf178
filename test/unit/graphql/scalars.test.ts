import { type GraphQLScalarType, Kind } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../src/database/orders/order-rows.ts';
import { schema } from '../../../src/graphql/schema.ts';

const scalar = (name: string) => schema.getType(name) as GraphQLScalarType;

describe('DateTime', () => {
  const dateTime = scalar('DateTime');

  it.each([
    ['2026-03-01T12:30:00Z', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T12:30:00.5+02:00', '2026-03-01T10:30:00.500Z'],
    ['2026-03-01T12:30:00.123000-01:30', '2026-03-01T14:00:00.123Z'],
  ])('reads %s and prints UTC with milliseconds', (text, printed) => {
    expect(dateTime.serialize(dateTime.parseValue(text))).toBe(printed);
  });

  it.each(['2026-03-01', '2026-03-01T12:30:00', 'now', '', 5, null, {}])('refuses %j', (value) => {
    expect(() => dateTime.parseValue(value)).toThrow('A DateTime is ISO 8601 text with a time zone');
  });

  it('refuses a day that is none', () => {
    expect(() => dateTime.parseValue('2026-02-30T12:00:00Z')).toThrow('unlike 2026-02-30');
  });
});

describe('Decimal', () => {
  const decimal = scalar('Decimal');

  it('prints two decimals, whatever the size', () => {
    expect(decimal.serialize(new Decimal('9999999999.9'))).toBe('9999999999.90');
    expect(decimal.serialize(new Decimal('0'))).toBe('0.00');
  });

  it.each(['12.50', '0', '-1.5'])('reads %j as the text it is', (text) => {
    expect(decimal.parseValue(text)).toBe(text);
  });

  it.each([12.5, 12, '12,50', '1e3', 'NaN', '', ' 1', null])('refuses %j', (value) => {
    expect(() => decimal.parseValue(value)).toThrow('precision');
  });

  it('refuses a bare number in a document', () => {
    expect(() => decimal.parseLiteral({ kind: Kind.FLOAT, value: '12.5' })).toThrow();
  });
});
