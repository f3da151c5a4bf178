import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clockInWords,
  exactClockInWords,
  fromInput,
  isDay,
  isZone,
  momentInWords,
  startOfDay,
  toInput,
} from '../../../src/dashboard/shell/zoned-time.ts';

const at = '2026-11-29T16:25:36.042Z';
const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'] as const;

describe('a moment in a zone', () => {
  it.each([
    ['UTC', '29 Nov 16:25:36', '16:25:36', '16:25:36.042'],
    ['America/New_York', '29 Nov 11:25:36', '11:25:36', '11:25:36.042'],
    ['Asia/Kathmandu', '29 Nov 22:10:36', '22:10:36', '22:10:36.042'],
    ['Pacific/Apia', '30 Nov 05:25:36', '05:25:36', '05:25:36.042'],
  ])('is said in its time: %s', (zone, words, clock, exact) => {
    const nowMs = Date.parse(at);
    expect([momentInWords(at, zone, nowMs), clockInWords(nowMs, zone), exactClockInWords(nowMs, zone)]).toEqual([
      words,
      clock,
      exact,
    ]);
  });

  it('says the year when that is not the present one there', () => {
    const newYear = Date.parse('2026-12-31T23:30:00Z');
    expect(momentInWords('2026-12-31T23:00:00Z', 'UTC', newYear)).toBe('31 Dec 23:00:00');
    expect(momentInWords('2026-12-31T22:00:00Z', 'Europe/Berlin', newYear)).toBe('31 Dec 2026 23:00:00');
  });

  it('goes into a form field and out of it unchanged', () => {
    const moments = fc.date({ min: new Date('1971-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), (moment, zone) => {
        const seconds = new Date(Math.floor(moment.getTime() / 1000) * 1000).toISOString();
        const text = toInput(seconds, zone);
        // In the hour that comes twice a clock does not say which of the two it is.
        expect(toInput(fromInput(text, zone), zone)).toBe(text);
      }),
    );
  });

  it.each(['', 'yesterday', '2026-02-31T10:00', '2026-11-29'])('is not in %j', (text) => {
    expect(fromInput(text, 'UTC')).toBe('');
  });
});

describe('a day of a zone', () => {
  it.each([
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ['Asia/Kathmandu', '2026-06-01', '2026-05-31T18:15:00.000Z', '2026-06-01T18:15:00.000Z'],
    // Midnight is skipped there: the day begins at one.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
  ])('begins and ends there: %s, %s', (zone, day, begin, end) => {
    expect([startOfDay(day, 0, zone), startOfDay(day, 1, zone)]).toEqual([begin, end]);
  });

  it.each(['2026-02-31', '2026-00-10', '0000-01-01', '20261129', ''])('is not %j', (text) => {
    expect(isDay(text)).toBe(false);
  });
});

it.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['Europe/Nowhere', false],
  ['', false],
])('knows zones by their names: %s', (name, known) => {
  expect(isZone(name)).toBe(known);
});
