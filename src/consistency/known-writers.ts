/**
 * Who wrote the history that this process knows of, and so whether a position can be part of it.
 *
 * A promotion is heard of by looking at the servers, and the new source's first transactions may be seen before that, on
 * itself or on a replica that follows it already. Such a position must not be used. On MariaDB it wears the numbers of
 * writes that were lost, and would pass for including them; and a token of the old epoch that named it would reach behind
 * that epoch's end, as if its write had been lost. So it is unknown until the servers have been looked at again.
 *
 * What lies behind the end of the epoch before was written by the source of the present one. Somebody may have promoted by
 * hand and recorded nothing: a look that shows another writer and no new epoch vouches for that writer.
 */
import type { EpochHistory } from './epoch.ts';
import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';
import { type PositionPart, partOfGtid, partOfStream, partsOf, writerOf } from './position-parts.ts';

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
    const source = writerOf(last?.sourceId ?? '');
    const known = epoch > this.#epoch ? new KnownWriters(epoch, last?.endOfPrevious ?? null, new Set([source])) : this;
    const vouched = partsOf(position).filter((part) => !known.#isExplained(part));
    if (vouched.length === 0) return known;
    return new KnownWriters(epoch, known.#end, new Set([...known.#writers, ...vouched.map(({ writer }) => writer)]));
  }

  /** Whether everything in the position is of the known history, as far as those who wrote it tell. */
  explain(position: Position): boolean {
    return partsOf(position).every((part) => this.#isExplained(part));
  }

  /** A lower bound of the position that can be used. On MySQL a set without the rest; on MariaDB a domain, or nothing of it. */
  knownPart(position: Position): Position {
    if (this.explain(position)) return position;
    if (position instanceof MariadbGtidPosition) {
      return MariadbGtidPosition.fromGtids(position.gtids().filter((gtid) => this.#isExplained(partOfGtid(gtid))));
    }
    if (position instanceof MysqlGtidSet) {
      return MysqlGtidSet.fromStreams(
        [...position.streams()].filter((stream) => this.#isExplained(partOfStream(stream))),
      );
    }
    return position;
  }

  #isExplained({ writer, position }: PositionPart): boolean {
    return this.#writers.has(writer) || (this.#end?.includes(position()) ?? false);
  }
}
