import { GraphQLError } from 'graphql';
import { Decimal } from '../database/order-rows.ts';
import { builder } from './builder.ts';

const dateTime = /^(\d{4})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;
const decimal = /^-?\d{1,30}(\.\d{1,30})?$/;

builder.scalarType('DateTime', {
  description: 'A moment as ISO 8601 text. Answers are in UTC with milliseconds: `2026-03-01T12:30:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    if (typeof value === 'string' && dateTime.test(value)) {
      const date = new Date(value);
      const year = date.getUTCFullYear();
      if (year >= 1000 && year <= 9999) return date;
    }
    throw new GraphQLError('A DateTime is ISO 8601 text with a time zone, such as "2026-03-01T12:30:00.000Z"');
  },
});

builder.scalarType('Decimal', {
  description:
    'An exact decimal number as text, such as `"12.50"`. Never a float: do not parse it into one to calculate.',
  serialize: (value) => (value instanceof Decimal ? value.toFixed(2) : String(value)),
  parseValue: (value) => {
    if (typeof value === 'string' && decimal.test(value)) return value;
    throw new GraphQLError('A Decimal is text, such as "12.50"; a number without quotes would lose exactness');
  },
});
