/**
 * How far answers must have come, because of writes since: marks, each the position of a write and when it was told.
 * An answer that lacks the position of a mark is out of date since that mark. Nothing is deleted to invalidate it: whoever
 * looks compares. A few marks are kept one by one, so that it is known since when; older ones flow together, and the
 * merged mark wears the earlier time, which makes answers out of date too soon rather than too late.
 *
 * As text: a version, which changes with each write of it, then a line per mark: milliseconds, flavour, position.
 */
import { parsePosition } from '../consistency/parse-position.ts';
import type { Flavour, Position } from '../consistency/position.ts';

export type InvalidationMark = { readonly position: Position; readonly atMs: number };

/** Oldest first. */
export type InvalidationMarks = { readonly version: string; readonly marks: readonly InvalidationMark[] };

export const noMarks: InvalidationMarks = Object.freeze({ version: '', marks: Object.freeze([]) });

/** At the pace at which a storm is told, those of the last two seconds stay apart. */
export const mostMarks = 12;

const stormMs = 1000;
const stormMarks = 3;

/** When the first write was told that `position` lacks, `null` when it lacks none. */
export function lackingSinceMs({ marks }: InvalidationMarks, position: Position): number | null {
  return marks.find((mark) => !position.includes(mark.position))?.atMs ?? null;
}

/** Whether writes are told so often that nobody could say which of them an answer should have. */
export function isStorm({ marks }: InvalidationMarks, nowMs: number): boolean {
  return marks.filter(({ atMs }) => nowMs - atMs <= stormMs).length >= stormMarks;
}

/** One mark less than there may be: room for another. */
export function withRoom(marks: readonly InvalidationMark[]): readonly InvalidationMark[] {
  const kept = [...marks];
  while (kept.length >= mostMarks) {
    const [first, second] = kept.splice(0, 2);
    if (first === undefined || second === undefined) break;
    const position = merged(first.position, second.position);
    kept.unshift({ position, atMs: Math.min(first.atMs, second.atMs) });
  }
  return kept;
}

/** A cluster has one flavour; of two, only the later means anything. */
function merged(a: Position, b: Position): Position {
  return a.flavour === b.flavour ? a.merge(b) : b;
}

export function writeMark({ position, atMs }: InvalidationMark): string {
  return `${atMs} ${writePosition(position)}`;
}

export function writePosition(position: Position): string {
  return `${position.flavour} ${position.format().replaceAll(/\s/g, '')}`;
}

/** What cannot be read counts as no marks: then answers live until they end by themselves. */
export function readMarks(text: string | null): InvalidationMarks {
  if (text === null) return noMarks;
  const [version = '', ...lines] = text.split('\n');
  try {
    return { version, marks: lines.map(readMark) };
  } catch {
    return { version, marks: [] };
  }
}

function readMark(line: string): InvalidationMark {
  const [atMs = '', flavour = '', position = ''] = line.split(' ');
  if (flavour !== 'mysql' && flavour !== 'mariadb') throw new RangeError('No flavour of that name');
  return { atMs: Number(atMs), position: parsePosition(flavour satisfies Flavour, position) };
}
