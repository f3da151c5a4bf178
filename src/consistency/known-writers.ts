/**
 * Which servers wrote the history that this process knows, and so whether a position can be part of it.
 *
 * A promotion becomes known by probing the servers, and the new source's first transactions may be seen before that, on
 * itself or on a replica that already follows it. Such a position must not be used. If numbers are reused, it has those of
 * lost writes, and would pass for including them; and a token of the old epoch that contained it would reach beyond
 * that epoch's end, as if its write had been lost. So it is unknown until the servers have been probed again.
 *
 * What lies after the end of the previous epoch was written by the source of the current one. A promotion may have been made
 * by hand and not recorded: a probe that shows another writer and no new epoch vouches for that writer.
 */
import type { EpochHistory } from './epoch.ts';
import type { Position, PositionPart } from './position.ts';

const firstEpoch = 1;

export class KnownWriters {
  static readonly none = new KnownWriters(0, null, new Set());
  readonly #epoch: number;
  /** Where the previous epoch ended; `null` if unknown. */
  readonly #end: Position | null;
  readonly #writers: ReadonlySet<string>;

  private constructor(epoch: number, end: Position | null, writers: ReadonlySet<string>) {
    this.#epoch = epoch;
    this.#end = end;
    this.#writers = writers;
  }

  /** After a probe of a server: `epochs` were read after `position`; `null` if the server keeps no record. */
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

  /** Whether everything in the position is of the known history, according to its writers. */
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
