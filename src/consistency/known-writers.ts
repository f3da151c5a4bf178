/**
 * Who wrote the history that this process knows of, and so whether a position can be part of it.
 *
 * A promotion is heard of by looking at the servers, and the new source's first transactions may be seen before that, on
 * itself or on a replica that follows it already. Such a position must not be used. Where numbers are given out again it wears
 * those of writes that were lost, and would pass for including them; and a token of the old epoch that named it would reach behind
 * that epoch's end, as if its write had been lost. So it is unknown until the servers have been looked at again.
 *
 * What lies behind the end of the epoch before was written by the source of the present one. Somebody may have promoted by
 * hand and recorded nothing: a look that shows another writer and no new epoch vouches for that writer.
 */
import type { EpochHistory } from './epoch.ts';
import type { Position, PositionPart } from './position.ts';

const firstEpoch = 1;

export class KnownWriters {
  static readonly none = new KnownWriters(0, null, new Set());
  readonly #epoch: number;
  /** Where the epoch before ended, `null` when nobody knows. */
  readonly #end: Position | null;
  readonly #writers: ReadonlySet<string>;

  private constructor(epoch: number, end: Position | null, writers: ReadonlySet<string>) {
    this.#epoch = epoch;
    this.#end = end;
    this.#writers = writers;
  }

  /** After a look at a server: `epochs` were read after `position`, `null` where the server keeps no record. */
  heard(position: Position, epochs: EpochHistory | null): KnownWriters {
    const last = epochs?.at(-1) ?? null;
    const epoch = last?.epoch ?? firstEpoch;
    if (epoch < this.#epoch) return this;
    const source = position.writerOf(last?.sourceId ?? '');
    const known = epoch > this.#epoch ? new KnownWriters(epoch, last?.endOfPrevious ?? null, new Set([source])) : this;
    const vouched = position.parts().filter((part) => !known.#isExplained(part));
    if (vouched.length === 0) return known;
    return new KnownWriters(epoch, known.#end, new Set([...known.#writers, ...vouched.map(({ writer }) => writer)]));
  }

  /** Whether everything in the position is of the known history, as far as those who wrote it tell. */
  explain(position: Position): boolean {
    return position.parts().every((part) => this.#isExplained(part));
  }

  /** A lower bound of the position that can be used: the parts that are of the known history. */
  knownPart(position: Position): Position {
    return this.explain(position) ? position : position.withParts((part) => this.#isExplained(part));
  }

  #isExplained({ writer, position }: PositionPart): boolean {
    return this.#writers.has(writer) || (this.#end?.includes(position()) ?? false);
  }
}
