import { GraphQLError } from 'graphql';
import { Decimal } from '../database/orders/order-rows.ts';
import { readMoment } from '../orders/moment.ts';
import { builder } from './builder.ts';

const decimal = /^-?\d{1,30}(\.\d{1,30})?$/;

builder.scalarType('DateTime', {
  description:
    'A point in time as ISO 8601 text. Results are in UTC with milliseconds: `2026-03-01T12:30:00.000Z`. ' +
    'Inputs may have any offset. Invalid dates, leap seconds and fractions of a millisecond are refused.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const moment = typeof value === 'string' ? readMoment(value) : readMoment('');
    if (moment instanceof Date) return moment;
    throw new GraphQLError(`A DateTime ${moment.message}`);
  },
});

builder.scalarType('Decimal', {
  description: 'An exact decimal number as text, such as `"12.50"`. Do not parse it into a float to calculate.',
  serialize: (value) => (value instanceof Decimal ? value.toFixed(2) : String(value)),
  parseValue: (value) => {
    if (typeof value === 'string' && decimal.test(value)) return value;
    throw new GraphQLError('A Decimal is text, such as "12.50"; a number without quotes would lose precision');
  },
});
