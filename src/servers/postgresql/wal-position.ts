import { MalformedPositionError, MixedFlavourError } from '../../consistency/errors.ts';
import type { Position, PositionPart } from '../../consistency/position.ts';
import type { TokenBytesReader, TokenBytesWriter } from '../../consistency/token-bytes.ts';
import { formatLsn, highestLsn, parseLsn } from './lsn.ts';

const name = 'postgresql';
const highestTimeline = 2 ** 32 - 1;

/** The log of one timeline, up to a place. */
export type TimelineEnd = { readonly timeline: number; readonly lsn: bigint };

/**
 * A position in PostgreSQL's write-ahead log (WAL): for each timeline the place up to which its log counts as seen. As text
 * `1/0/17A1500,2/0/17A6160`: timeline 1 up to 0/17A1500, where timeline 2 began, and that up to 0/17A6160.
 *
 * A server's position names its timeline and, as far as its timeline history can be read, those that it came from, each up to
 * the place where the next one began. So what was written on an old timeline behind that place, and lost with it, is in no
 * position of the new one, although its number is lower. A timeline that is not named counts as unseen: a number alone never
 * proves that the log of one timeline is part of another. A commit's position names only the timeline that it was written on.
 *
 * Timelines are not unique: of two standbys promoted apart, both begin timeline 2. Epochs tell these apart.
 */
export class WalPosition implements Position {
  static readonly empty = new WalPosition(new Map());
  readonly flavour = name;
  readonly reusesNumbers = true;
  /** In ascending order of the timelines. */
  readonly #ends: ReadonlyMap<number, bigint>;

  private constructor(ends: ReadonlyMap<number, bigint>) {
    this.#ends = ends;
  }

  /** Reads `2/0/1781F18`, or several such in any order, separated by commas. Throws `MalformedPositionError`. */
  static parse(text: string): WalPosition {
    if (text.trim() === '') return WalPosition.empty;
    const found = new Map<number, bigint>();
    for (const part of text.split(',')) {
      const { timeline, lsn } = parseEnd(text, part.trim());
      if (found.has(timeline)) throw new MalformedPositionError(name, text, `timeline ${timeline} appears twice`);
      found.set(timeline, lsn);
    }
    return WalPosition.#of(found);
  }

  /** Throws `RangeError` on anything that `write` cannot have written. */
  static read(reader: TokenBytesReader): WalPosition {
    const ends = new Map<number, bigint>();
    for (let left = reader.number(); left > 0; left -= 1) {
      const [timeline, lsn] = [reader.number(), reader.bigint()];
      if (!isTimeline(timeline) || lsn > highestLsn || ends.has(timeline)) throw new RangeError('No such place in WAL');
      ends.set(timeline, lsn);
    }
    return WalPosition.#of(ends);
  }

  /** Of a timeline that is given more than once, the furthest place counts. */
  static fromEnds(ends: Iterable<TimelineEnd>): WalPosition {
    const furthest = new Map<number, bigint>();
    for (const { timeline, lsn } of ends) furthest.set(timeline, greater(furthest.get(timeline) ?? 0n, lsn));
    return WalPosition.#of(furthest);
  }

  /** Place 0/0 is before the first record of any log. */
  static #of(ends: ReadonlyMap<number, bigint>): WalPosition {
    const seen = [...ends].filter(([, lsn]) => lsn > 0n).sort(([a], [b]) => a - b);
    return seen.length === 0 ? WalPosition.empty : new WalPosition(new Map(seen));
  }

  includes(other: Position): boolean {
    if (this === other) return true;
    if (!(other instanceof WalPosition)) return false;
    return other.ends().every(({ timeline, lsn }) => (this.lsnOn(timeline) ?? 0n) >= lsn);
  }

  merge(other: Position): WalPosition {
    if (!(other instanceof WalPosition)) throw new MixedFlavourError(this.flavour, other.flavour);
    if (this.includes(other)) return this;
    return WalPosition.fromEnds([...this.ends(), ...other.ends()]);
  }

  intersect(other: Position): WalPosition | null {
    if (!(other instanceof WalPosition)) return null;
    return WalPosition.fromEnds(
      this.ends().map(({ timeline, lsn }) => ({ timeline, lsn: lesser(lsn, other.lsnOn(timeline) ?? 0n) })),
    );
  }

  isEmpty(): boolean {
    return this.#ends.size === 0;
  }

  equals(other: Position): boolean {
    return this.includes(other) && other.includes(this);
  }

  /** For each timeline up to where, and after which place. */
  missingIn(other: Position): readonly string[] {
    return this.#beyond(other).map(({ end, after }) =>
      after > 0n ? `${formatEnd(end)} after ${formatLsn(after)}` : formatEnd(end),
    );
  }

  /**
   * Bytes of WAL, since transactions are not numbered. A timeline that `other` does not name is counted from where it began as
   * far as either says so, and at least as one byte.
   */
  countMissingIn(other: Position): bigint {
    return this.#beyond(other).reduce((bytes, { end, after }) => bytes + greater(end.lsn - after, 1n), 0n);
  }

  #beyond(other: Position): readonly { readonly end: TimelineEnd; readonly after: bigint }[] {
    if (!(other instanceof WalPosition)) throw new MixedFlavourError(this.flavour, other.flavour);
    return this.ends().flatMap((end) => {
      const held = other.lsnOn(end.timeline);
      if (held !== null && held >= end.lsn) return [];
      const earlier = [...this.ends(), ...other.ends()].filter(({ timeline }) => timeline < end.timeline);
      const began = earlier.map(({ lsn }) => lsn).reduce(greater, 0n);
      return [{ end, after: held ?? began }];
    });
  }

  /** A writer is a timeline: which server wrote it, the log does not say. */
  parts(): readonly PositionPart[] {
    return this.ends().map(partOf);
  }

  withParts(keep: (part: PositionPart) => boolean): WalPosition {
    return WalPosition.fromEnds(this.ends().filter((end) => keep(partOf(end))));
  }

  /** No part is named after a server. */
  writerOf(identity: string): string {
    return identity.toLowerCase();
  }

  /** The newest timeline that all servers are on is the source's: what is on it stays. */
  withoutShared(shared: Position): WalPosition | null {
    const last = this.ends().at(-1);
    if (!(shared instanceof WalPosition) || last === undefined) return null;
    if (shared.ends().at(-1)?.timeline !== last.timeline) return null;
    const isShared = ({ timeline, lsn }: TimelineEnd) => (shared.lsnOn(timeline) ?? 0n) >= lsn;
    return WalPosition.fromEnds(this.ends().filter((end) => end.timeline === last.timeline || !isShared(end)));
  }

  /** By ascending timeline. */
  ends(): readonly TimelineEnd[] {
    return Array.from(this.#ends, ([timeline, lsn]) => ({ timeline, lsn }));
  }

  /** `null` when nothing of the timeline has been seen. */
  lsnOn(timeline: number): bigint | null {
    return this.#ends.get(timeline) ?? null;
  }

  format(): string {
    return this.ends().map(formatEnd).join(',');
  }

  line(): string {
    return this.format();
  }

  write(writer: TokenBytesWriter): void {
    writer.number(this.#ends.size);
    for (const [timeline, lsn] of this.#ends) writer.number(timeline).bigint(lsn);
  }
}

function partOf(end: TimelineEnd): PositionPart {
  const timeline = String(end.timeline);
  return { writer: timeline, stream: timeline, position: () => WalPosition.fromEnds([end]) };
}

function parseEnd(text: string, part: string): TimelineEnd {
  const [, digits, place] = /^(\d+)\/(.+)$/.exec(part) ?? [];
  const timeline = Number(digits);
  const lsn = parseLsn(place ?? '');
  if (lsn === null || !isTimeline(timeline)) {
    throw new MalformedPositionError(name, text, `"${part.slice(0, 40)}" is no place on a timeline`);
  }
  return { timeline, lsn };
}

const formatEnd = ({ timeline, lsn }: TimelineEnd): string => `${timeline}/${formatLsn(lsn)}`;
const isTimeline = (number: number): boolean => number >= 1 && number <= highestTimeline;
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
