/** Times in a zone given by IANA name: as text, as values of form fields, and its days. */

type WallTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return /^[\w+/-]{1,64}$/.test(name);
  } catch {
    return false;
  }
}

const shortParts = { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const styles = {
  short: shortParts,
  long: { ...shortParts, year: 'numeric' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  exact: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  wall: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Creating a formatter costs more than using it a thousand times.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(style: keyof typeof styles, zone: string): Intl.DateTimeFormat {
  const key = `${style} ${zone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', { ...styles[style], timeZone: zone });
  formats.set(key, made);
  return made;
}

/** `29 Nov 16:25:31`, with the year only if it is not the current one. */
export function momentInWords(at: string, zone: string, nowMs: number = Date.now()): string {
  const moment = new Date(at);
  const isThisYear = wallTimeOf(moment.getTime(), zone).year === wallTimeOf(nowMs, zone).year;
  return format(isThisYear ? 'short' : 'long', zone)
    .format(moment)
    .replace(',', '');
}

/** `16:25:31`. */
export function clockInWords(atMs: number, zone: string): string {
  return format('clock', zone).format(atMs);
}

/** `16:25:31.042`. */
export function exactClockInWords(atMs: number, zone: string): string {
  return format('exact', zone).format(atMs);
}

function wallTimeOf(atMs: number, zone: string): WallTime {
  const parts = Object.fromEntries(
    format('wall', zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

/** The moment at which clocks of the zone show this time. A time that they skip is shifted past the change. */
function momentOf({ year, month, day, hour, minute, second }: WallTime, zone: string): number {
  const asIfUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const first = asIfUtc - offsetMs(asIfUtc, zone);
  const better = asIfUtc - offsetMs(first, zone);
  return asIfUtc - offsetMs(better, zone) === better ? better : Math.max(first, better);
}

function offsetMs(atMs: number, zone: string): number {
  const { year, month, day, hour, minute, second } = wallTimeOf(atMs, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

/** `2026-11-21`; not `2026-02-31`. */
export function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) && match[1] !== '0000';
}

/** The first moment of the day this many days later. */
export function startOfDay(dayText: string, daysLater: number, zone: string): string {
  const [year = 0, month = 1, day = 1] = dayText.split('-').map(Number);
  const wall = { year, month, day: day + daysLater, hour: 0, minute: 0, second: 0 };
  return new Date(momentOf(wall, zone)).toISOString();
}

/** For an input of type `datetime-local`, to the second. */
export function toInput(at: string, zone: string): string {
  if (at === '') return '';
  const { year, month, day, hour, minute, second } = wallTimeOf(new Date(at).getTime(), zone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

/** The inverse; empty for invalid input. */
export function fromInput(text: string, zone: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text);
  if (match === null || !isDay(text.slice(0, 10))) return '';
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const moment = new Date(momentOf({ year, month, day, hour, minute, second }, zone));
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
}
