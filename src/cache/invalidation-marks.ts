/**
 * What cached answers must include: marks, each the position of a write and the time it was announced. An answer that lacks the
 * position of a mark is out of date since that mark. Nothing is deleted to invalidate it: lookups compare. A few marks are kept
 * separately, so that the time is known; others are merged, and the merged mark has the earlier time, which makes answers out of
 * date too early rather than too late.
 *
 * As text: a version, which changes with each write of it, then a line per mark: milliseconds and the position as text.
 */
import type { Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';

export type InvalidationMark = { readonly position: Position; readonly atMs: number };

/** Oldest first. */
export type InvalidationMarks = { readonly version: string; readonly marks: readonly InvalidationMark[] };

export const noMarks: InvalidationMarks = Object.freeze({ version: '', marks: Object.freeze([]) });

export const maxMarks = 16;
/** How long an answer that lacks a write may still be used under constant writes, in milliseconds. */
export const stormGraceMs = 2000;

const stormMs = 1000;
const stormMarks = 3;

/** When the first write that `position` lacks was announced, `null` if it lacks none. */
export function lackingSinceMs({ marks }: InvalidationMarks, position: Position): number | null {
  return marks.find((mark) => !position.includes(mark.position))?.atMs ?? null;
}

/** Whether writes are so frequent that no answer can include them all. */
export function isStorm({ marks }: InvalidationMarks, nowMs: number): boolean {
  return marks.filter(({ atMs }) => nowMs - atMs <= stormMs).length >= stormMarks;
}

/**
 * One mark fewer than the maximum, to make room. Marks so old that nothing is tolerated any more are merged first, then those closest
 * in time: the last moments stay separate, however many processes write.
 */
export function withRoom(marks: readonly InvalidationMark[]): readonly InvalidationMark[] {
  const kept = [...marks];
  while (kept.length >= maxMarks) {
    const index = closestPair(kept);
    const [first, second] = kept.slice(index, index + 2);
    if (first === undefined || second === undefined) break;
    const position = merged(first.position, second.position);
    kept.splice(index, 2, { position, atMs: Math.min(first.atMs, second.atMs) });
  }
  return kept;
}

/** Index at which the two begin. */
function closestPair(marks: readonly InvalidationMark[]): number {
  const times = marks.map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  const isPast = (times[1] ?? 0) < (times.at(-1) ?? 0) - stormGraceMs;
  return isPast ? 0 : gaps.indexOf(Math.min(...gaps));
}

/** A cluster has one flavour; of two, only the later one is valid. */
function merged(a: Position, b: Position): Position {
  return a.flavour === b.flavour ? a.merge(b) : b;
}

export function writeMark({ position, atMs }: InvalidationMark, positions: PositionCodec): string {
  return `${atMs} ${positions.writeText(position)}`;
}

/** Unreadable text counts as no marks: answers then live until they expire. */
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
