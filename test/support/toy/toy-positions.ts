/**
 * A kind of server that exists in memory only, counted as no real one here is: a place in a log on a timeline, and a promotion
 * begins a timeline at the place that it has reached. As text `2/105`: up to place 105, the last of it written on timeline 2.
 */
import type { ServerTerms } from '../../../src/cluster/server-terms.ts';
import { MalformedPositionError, MixedFlavourError } from '../../../src/consistency/errors.ts';
import type { Position, PositionPart } from '../../../src/consistency/position.ts';
import type { PositionKind } from '../../../src/consistency/position-kind.ts';
import type { HistoryVerdict, SourceHistory } from '../../../src/consistency/source-history.ts';
import type { TokenBytesWriter } from '../../../src/consistency/token-bytes.ts';

const name = 'toy';

export class ToyPosition implements Position {
  static readonly empty = new ToyPosition(0, 0);
  readonly flavour = name;
  readonly reusesNumbers = true;
  readonly timeline: number;
  readonly place: number;

  constructor(timeline: number, place: number) {
    this.timeline = timeline;
    this.place = place;
  }

  includes(other: Position): boolean {
    return other instanceof ToyPosition && this.place >= other.place;
  }

  merge(other: Position): ToyPosition {
    const later = toy(other, this);
    return later.place > this.place ? later : this;
  }

  intersect(other: Position): ToyPosition | null {
    if (!(other instanceof ToyPosition)) return null;
    return other.place < this.place ? other : this;
  }

  isEmpty(): boolean {
    return this.place === 0;
  }

  equals(other: Position): boolean {
    return this.includes(other) && other.includes(this);
  }

  missingIn(other: Position): readonly string[] {
    return toy(other, this).includes(this) ? [] : [this.format()];
  }

  countMissingIn(other: Position): bigint {
    return BigInt(Math.max(0, this.place - toy(other, this).place));
  }

  parts(): readonly PositionPart[] {
    return this.isEmpty() ? [] : [{ writer: String(this.timeline), stream: 'log', position: () => this }];
  }

  withParts(keep: (part: PositionPart) => boolean): ToyPosition {
    return this.parts().every(keep) ? this : ToyPosition.empty;
  }

  writerOf(identity: string): string {
    return identity.split('@')[0] ?? '';
  }

  withoutShared(): null {
    return null;
  }

  format(): string {
    return this.isEmpty() ? '' : `${this.timeline}/${this.place}`;
  }

  line(): string {
    return this.format();
  }

  write(writer: TokenBytesWriter): void {
    writer.number(this.timeline).number(this.place);
  }
}

function toy(other: Position, own: Position): ToyPosition {
  if (!(other instanceof ToyPosition)) throw new MixedFlavourError(own.flavour, other.flavour);
  return other;
}

class ToyHistory implements SourceHistory {
  readonly flavour = name;
  readonly #end: ToyPosition;

  constructor(end: ToyPosition) {
    this.#end = end;
  }

  judge(position: Position): HistoryVerdict {
    return this.#end.includes(position) ? 'INCLUDED' : 'LACKING';
  }

  hasWriter(writer: string): boolean {
    return Number(writer) <= this.#end.timeline;
  }

  after(position: Position): SourceHistory {
    return new ToyHistory(this.#end.merge(position));
  }

  continues(earlier: SourceHistory): boolean {
    return earlier instanceof ToyHistory && this.#end.includes(earlier.#end);
  }

  surviving(position: Position): Position | null {
    return this.#end.intersect(position);
  }
}

export const toyPositions: PositionKind = {
  flavour: name,
  tokenByte: 200,
  empty: ToyPosition.empty,
  parse: (text) => {
    if (text === '') return ToyPosition.empty;
    const [, timeline, place] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
    if (timeline === undefined || place === undefined) throw new MalformedPositionError(name, text, 'it is no place');
    return new ToyPosition(Number(timeline), Number(place));
  },
  read: (reader) => new ToyPosition(reader.number(), reader.number()),
  historyOf: ({ position }) => new ToyHistory(toy(position, ToyPosition.empty)),
};

export const toyTerms: ServerTerms = {
  readOnlyVariable: 'closed',
  refuseWrites: 'close the log',
  leaveSource: 'leave',
  logRight: 'LOOK',
  numberedBy: [],
  followByNumber: () => 'follow the log',
  withoutFilter: () => 'take everything',
};
