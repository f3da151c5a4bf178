/**
 * Strict parsing of times: an invalid date must not be stored as another one. DATETIME(3) holds the years 1000 to 9999 in
 * milliseconds, without leap seconds.
 */
const shape = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const example = '"2026-03-01T12:30:00.000Z"';

/** No time zone is further from UTC. */
const maxOffsetMinutes = 14 * 60;

/** The fault, phrased to follow the name of the value. */
export class MomentFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Digits after the milliseconds must be zeros, unless they may be truncated. */
export function readMoment(text: string, { cutsFiner = false } = {}): Date | MomentFault {
  const parts = shape.exec(text);
  if (parts === null) return new MomentFault(`is ISO 8601 text with a time zone, such as ${example}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  if (month < 1 || month > 12) return new MomentFault('has a month from 01 to 12');
  if (day < 1 || day > daysIn(year, month))
    return new MomentFault(`has a day that is in the calendar, unlike ${text.slice(0, 10)}`);
  if (hour > 23 || minute > 59) return new MomentFault('has a time from 00:00 to 23:59');
  if (second > 59) return new MomentFault('has a second from 00 to 59; leap seconds cannot be kept');
  const [fraction = '', sign, offsetHours, offsetMinutes] = parts.slice(7);
  if (!cutsFiner && /[1-9]/.test(fraction.slice(3))) return new MomentFault('has no more than milliseconds');
  const offset = Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0);
  if (Number(offsetMinutes ?? 0) > 59 || offset > maxOffsetMinutes) {
    return new MomentFault('has an offset from -14:00 to +14:00');
  }
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(
    hour,
    minute - (sign === '-' ? -offset : offset),
    second,
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  const utcYear = moment.getUTCFullYear();
  return utcYear >= 1000 && utcYear <= 9999 ? moment : new MomentFault('lies in the years 1000 to 9999, in UTC');
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
