/**
 * How far answers must have come, because of writes since: marks, each the position of a write and when it was told.
 * An answer that lacks the position of a mark is out of date since that mark. Nothing is deleted to invalidate it: whoever
 * looks compares. A few marks are kept one by one, so that it is known since when; others flow together, and the
 * merged mark wears the earlier time, which makes answers out of date too soon rather than too late.
 *
 * As text: a version, which changes with each write of it, then a line per mark: milliseconds and the position as text.
 */
import type { Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';

export type InvalidationMark = { readonly position: Position; readonly atMs: number };

/** Oldest first. */
export type InvalidationMarks = { readonly version: string; readonly marks: readonly InvalidationMark[] };

export const noMarks: InvalidationMarks = Object.freeze({ version: '', marks: Object.freeze([]) });

export const mostMarks = 16;
/** How long an answer that lacks a write may stand in for one that is read while writes are told all the time, in milliseconds. */
export const stormGraceMs = 2000;

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

/**
 * One mark less than there may be: room for another. Those from so long ago that nothing is forgiven flow together first, then
 * the closest in time: the last moments stay apart, however many processes tell.
 */
export function withRoom(marks: readonly InvalidationMark[]): readonly InvalidationMark[] {
  const kept = [...marks];
  while (kept.length >= mostMarks) {
    const index = closestPair(kept);
    const [first, second] = kept.slice(index, index + 2);
    if (first === undefined || second === undefined) break;
    const position = merged(first.position, second.position);
    kept.splice(index, 2, { position, atMs: Math.min(first.atMs, second.atMs) });
  }
  return kept;
}

/** Where the two begin. */
function closestPair(marks: readonly InvalidationMark[]): number {
  const times = marks.map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  const isPast = (times[1] ?? 0) < (times.at(-1) ?? 0) - stormGraceMs;
  return isPast ? 0 : gaps.indexOf(Math.min(...gaps));
}

/** A cluster has one flavour; of two, only the later means anything. */
function merged(a: Position, b: Position): Position {
  return a.flavour === b.flavour ? a.merge(b) : b;
}

export function writeMark({ position, atMs }: InvalidationMark, positions: PositionCodec): string {
  return `${atMs} ${positions.writeText(position)}`;
}

/** What cannot be read counts as no marks: then answers live until they end by themselves. */
export function readMarks(text: string | null, positions: PositionCodec): InvalidationMarks {
  if (text === null) return noMarks;
  const [version = '', ...lines] = text.split('\n');
  try {
    return { version, marks: lines.map((line) => readMark(line, positions)) };
  } catch {
    return { version, marks: [] };
  }
}

function readMark(line: string, positions: PositionCodec): InvalidationMark {
  const space = line.indexOf(' ');
  return { atMs: Number(line.slice(0, space)), position: positions.readText(line.slice(space + 1)) };
}
