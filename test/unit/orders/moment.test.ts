import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MomentFault, readMoment } from '../../../src/orders/moment.ts';

describe('a moment', () => {
  it.each([
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T23:59:59.9Z', '2000-02-29T23:59:59.900Z'],
    ['2026-03-01t12:30:00z', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T12:30:00-00:00', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T00:30:00+14:00', '2026-02-28T10:30:00.000Z'],
    ['2026-12-31T23:30:00-12:00', '2027-01-01T11:30:00.000Z'],
    ['2026-03-01T12:30:00.123000000Z', '2026-03-01T12:30:00.123Z'],
    ['1000-01-01T00:00:00Z', '1000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['10000-12-31T23:59:59.999Z', 'time zone'],
    ['2026-02-30T12:00:00Z', 'in the calendar'],
    ['2025-02-29T12:00:00Z', 'in the calendar'],
    ['1900-02-29T12:00:00Z', 'in the calendar'],
    ['2026-04-31T12:00:00Z', 'in the calendar'],
    ['2026-01-00T12:00:00Z', 'in the calendar'],
    ['2026-01-32T12:00:00Z', 'in the calendar'],
    ['2026-00-01T12:00:00Z', 'month'],
    ['2026-13-01T12:00:00Z', 'month'],
    ['2026-01-01T24:00:00Z', '23:59'],
    ['2026-01-01T12:60:00Z', '23:59'],
    ['2016-12-31T23:59:60Z', 'leap seconds'],
    ['2026-01-01T12:00:00.0001Z', 'milliseconds'],
    ['2026-01-01T12:00:00+14:01', 'offset'],
    ['2026-01-01T12:00:00+24:00', 'offset'],
    ['2026-01-01T12:00:00-05:60', 'offset'],
    ['0999-12-31T23:59:59Z', 'years'],
    ['0050-01-01T00:00:00Z', 'years'],
    ['0000-01-01T00:00:00Z', 'years'],
    ['1000-01-01T00:00:00+01:00', 'years'],
    ['9999-12-31T23:59:59-05:00', 'years'],
    ['2026-03-01T12:30:00Z\n', 'time zone'],
    ['２026-03-01T12:30:00Z', 'time zone'],
  ])('%s is %s', (text, expected) => {
    const moment = readMoment(text);
    if (moment instanceof MomentFault) expect(moment.message).toContain(expected);
    else expect(moment.toISOString()).toBe(expected);
  });

  it('may be cut off behind the milliseconds where that was said', () => {
    const moment = readMoment('2026-01-01T12:00:00.123999Z', { cutsFiner: true });
    expect(moment).toEqual(new Date('2026-01-01T12:00:00.123Z'));
  });

  it('reads back as it was printed, whatever it is', () => {
    const range = {
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(readMoment(date.toISOString())).toEqual(date);
      }),
    );
  });
});
