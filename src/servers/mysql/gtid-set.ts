import { MixedFlavourError } from '../../consistency/errors.ts';
import type { Position, PositionPart } from '../../consistency/position.ts';
import type { TokenBytesWriter } from '../../consistency/token-bytes.ts';
import { writeStreams } from './gtid-bytes.ts';
import type { GtidStream } from './gtid-stream.ts';
import { parseGtidSetText } from './gtid-text.ts';
import {
  countIntervals,
  formatIntervals,
  type Intervals,
  includesIntervals,
  intersectIntervals,
  mergeIntervals,
  subtractIntervals,
} from './intervals.ts';

const uuidLength = 36;

/**
 * A MySQL GTID set: numbers per source UUID and per tag, with gaps. Group Replication hands out numbers in blocks, so
 * gaps are normal and the end of an interval alone proves nothing.
 */
export class MysqlGtidSet implements Position {
  static readonly empty = new MysqlGtidSet(new Map());
  readonly flavour = 'mysql';
  /** Keyed by `uuid` or `uuid:tag` in lower case and in the order of the keys, which is the order the server prints. */
  readonly #streams: ReadonlyMap<string, Intervals>;

  private constructor(streams: ReadonlyMap<string, Intervals>) {
    this.#streams = streams;
  }

  /** Reads what a server would read. Throws `MalformedPositionError`. */
  static parse(text: string): MysqlGtidSet {
    return MysqlGtidSet.#of(parseGtidSetText(text));
  }

  /** UUIDs and tags in lower case, each pair once, intervals in form. */
  static fromStreams(streams: Iterable<GtidStream>): MysqlGtidSet {
    const found = new Map<string, Intervals>();
    for (const { uuid, tag, intervals } of streams) found.set(tag === '' ? uuid : `${uuid}:${tag}`, intervals);
    return MysqlGtidSet.#of(found);
  }

  static #of(streams: ReadonlyMap<string, Intervals>): MysqlGtidSet {
    const filled = [...streams].filter(([, intervals]) => intervals.length > 0);
    if (filled.length === 0) return MysqlGtidSet.empty;
    return new MysqlGtidSet(new Map(filled.sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  /** Each server numbers its writes under its own UUID, or its group's. */
  get reusesNumbers(): boolean {
    return false;
  }

  includes(other: Position): boolean {
    if (this === other) return true;
    if (!(other instanceof MysqlGtidSet)) return false;
    for (const [key, wanted] of other.#streams) {
      const held = this.#streams.get(key);
      if (held === undefined || !includesIntervals(held, wanted)) return false;
    }
    return true;
  }

  merge(other: Position): MysqlGtidSet {
    if (!(other instanceof MysqlGtidSet)) throw new MixedFlavourError(this.flavour, other.flavour);
    if (this.includes(other)) return this;
    if (other.includes(this)) return other;
    const merged = new Map(this.#streams);
    for (const [key, intervals] of other.#streams) {
      const held = merged.get(key);
      merged.set(key, held === undefined ? intervals : mergeIntervals(held, intervals));
    }
    return MysqlGtidSet.#of(merged);
  }

  /** What is in this set and not in `other`. */
  minus(other: MysqlGtidSet): MysqlGtidSet {
    const rest = new Map<string, Intervals>();
    for (const [key, intervals] of this.#streams) {
      rest.set(key, subtractIntervals(intervals, other.#streams.get(key) ?? []));
    }
    return MysqlGtidSet.#of(rest);
  }

  intersect(other: MysqlGtidSet): MysqlGtidSet;
  intersect(other: Position): MysqlGtidSet | null;
  intersect(other: Position): MysqlGtidSet | null {
    if (!(other instanceof MysqlGtidSet)) return null;
    const shared = new Map<string, Intervals>();
    for (const [key, intervals] of this.#streams) {
      shared.set(key, intersectIntervals(intervals, other.#streams.get(key) ?? []));
    }
    return MysqlGtidSet.#of(shared);
  }

  /** What these servers wrote, tagged or not. Case of the UUIDs does not matter. */
  withOnlySources(uuids: Iterable<string>): MysqlGtidSet {
    const wanted = new Set(Array.from(uuids, (uuid) => uuid.toLowerCase()));
    return MysqlGtidSet.#of(new Map([...this.#streams].filter(([key]) => wanted.has(key.slice(0, uuidLength)))));
  }

  /** A GTID set per server. */
  missingIn(other: Position): readonly string[] {
    const rest = this.#beyond(other);
    return rest.isEmpty() ? [] : rest.format().split(',\n');
  }

  countMissingIn(other: Position): bigint {
    return this.#beyond(other).transactionCount();
  }

  #beyond(other: Position): MysqlGtidSet {
    if (!(other instanceof MysqlGtidSet)) throw new MixedFlavourError(this.flavour, other.flavour);
    return this.minus(other);
  }

  parts(): readonly PositionPart[] {
    return Array.from(this.streams(), partOf);
  }

  withParts(keep: (part: PositionPart) => boolean): MysqlGtidSet {
    return MysqlGtidSet.fromStreams([...this.streams()].filter((stream) => keep(partOf(stream))));
  }

  /** An identity is the server's UUID, up to an `@`. */
  writerOf(identity: string): string {
    return identity.split('@')[0]?.toLowerCase() ?? '';
  }

  withoutShared(shared: Position, writers: ReadonlySet<string>): MysqlGtidSet | null {
    if (!(shared instanceof MysqlGtidSet)) return null;
    const last = [...this.streams()].filter(({ uuid }) => writers.has(uuid)).map(lastOf);
    return last.length === 0 ? null : this.minus(shared).merge(MysqlGtidSet.fromStreams(last));
  }

  transactionCount(): bigint {
    let count = 0n;
    for (const intervals of this.#streams.values()) count += countIntervals(intervals);
    return count;
  }

  isEmpty(): boolean {
    return this.#streams.size === 0;
  }

  equals(other: Position): boolean {
    return this.includes(other) && other.includes(this);
  }

  /** Like `gtid_executed`, with a line break after the comma between two UUIDs. */
  format(): string {
    let text = '';
    let current = '';
    for (const { uuid, tag, intervals } of this.streams()) {
      if (uuid !== current) text += text === '' ? uuid : `,\n${uuid}`;
      current = uuid;
      text += tag === '' ? `:${formatIntervals(intervals)}` : `:${tag}:${formatIntervals(intervals)}`;
    }
    return text;
  }

  line(): string {
    return this.format().replaceAll('\n', '');
  }

  write(writer: TokenBytesWriter): void {
    writeStreams(writer, [...this.streams()]);
  }

  /** Sorted by UUID, then by tag. */
  *streams(): Generator<GtidStream> {
    for (const [key, intervals] of this.#streams) {
      yield { uuid: key.slice(0, uuidLength), tag: key.slice(uuidLength + 1), intervals };
    }
  }
}

function partOf(stream: GtidStream): PositionPart {
  const { uuid, tag } = stream;
  return {
    writer: uuid,
    stream: tag === '' ? uuid : `${uuid}:${tag}`,
    position: () => MysqlGtidSet.fromStreams([stream]),
  };
}

function lastOf({ uuid, tag, intervals }: GtidStream): GtidStream {
  const last = intervals.at(-1) ?? 0n;
  return { uuid, tag, intervals: [last, last] };
}
