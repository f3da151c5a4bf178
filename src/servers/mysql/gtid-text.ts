/**
 * The text form of a GTID set, read exactly as leniently as the server reads it:
 * white space and line breaks between tokens; upper case; UUIDs in braces or without hyphens; leading zeros; stray
 * commas; a UUID named twice; a UUID or tag without numbers (empty); intervals in any order, overlapping, or ending
 * before they begin (empty). Anything else is an error, never half a set.
 */
import { MalformedPositionError } from '../../consistency/errors.ts';
import { type Intervals, normaliseIntervals } from './intervals.ts';

/** The servers reserve 2^63 - 1: it marks the end of the numbers. */
const highestNumber = 2n ** 63n - 2n;

const beyondAscii = /[\u0080-\uffff]/;
const hyphenatedUuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const uuidPattern = new RegExp(`^(?:${hyphenatedUuid}|\\{${hyphenatedUuid}\\}|[0-9a-f]{32})$`);
const uuidDigits = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
const tagPattern = /^[a-z_][a-z0-9_]{0,31}$/;
const intervalPattern = /^(\d+)(?:\s*-\s*(\d+))?$/;

type LooseStreams = Map<string, [first: bigint, last: bigint][]>;

/** Keyed by `uuid` or `uuid:tag` in lower case; intervals in form, possibly none. Throws `MalformedPositionError`. */
export function parseGtidSetText(text: string): Map<string, Intervals> {
  const loose: LooseStreams = new Map();
  try {
    if (beyondAscii.test(text)) throw new SyntaxError('it has signs beyond ASCII');
    for (const part of text.toLowerCase().split(',')) {
      const trimmed = part.trim();
      if (trimmed !== '') readSource(trimmed, loose);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new MalformedPositionError('mysql', text, error.message);
    throw error;
  }
  return new Map(Array.from(loose, ([key, intervals]) => [key, normaliseIntervals(intervals)]));
}

function readSource(part: string, loose: LooseStreams): void {
  const [source = '', ...pieces] = part.split(':').map((piece) => piece.trim());
  const uuid = readUuid(source);
  let key = uuid;
  for (const piece of pieces) {
    if (tagPattern.test(piece)) {
      key = `${uuid}:${piece}`;
    } else {
      const intervals = loose.get(key) ?? [];
      intervals.push(readInterval(piece));
      loose.set(key, intervals);
    }
  }
}

function readUuid(text: string): string {
  if (!uuidPattern.test(text)) throw new SyntaxError(`${quote(text)} is no UUID`);
  return text.replaceAll(/[-{}]/g, '').replace(uuidDigits, '$1-$2-$3-$4-$5');
}

function readInterval(text: string): [first: bigint, last: bigint] {
  const match = intervalPattern.exec(text);
  if (match === null) throw new SyntaxError(`${quote(text)} is no interval and no tag`);
  const first = BigInt(match[1] as string);
  const last = match[2] === undefined ? first : BigInt(match[2]);
  if (first < 1n || first > highestNumber || last > highestNumber) {
    throw new SyntaxError(`${quote(text)} is outside of 1 to 2^63 - 2`);
  }
  return [first, last];
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
