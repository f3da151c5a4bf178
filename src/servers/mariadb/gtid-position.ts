import { MalformedPositionError, MixedFlavourError } from '../../consistency/errors.ts';
import type { Position, PositionPart } from '../../consistency/position.ts';
import type { TokenBytesWriter } from '../../consistency/token-bytes.ts';
import type { MariadbGtid } from './gtid.ts';
import { writeGtids } from './gtid-bytes.ts';

/** As the server reads it: white space before a number but never after it, a plus, leading zeros. */
const gtidPattern = /^[ \t\n\v\f\r]*\+?(\d+)-[ \t\n\v\f\r]*\+?(\d+)-[ \t\n\v\f\r]*\+?(\d+)$/;
const highestId = 2 ** 32 - 1;
const highestSequence = 2n ** 64n - 1n;

/**
 * A MariaDB GTID position: for each replication domain the sequence number of the last transaction; everything before it
 * counts as seen. The server id is kept for printing and ignored in comparisons, as the server does. Nothing has been seen of
 * a domain that is missing; number 0, which no transaction has, means the same and is dropped.
 */
export class MariadbGtidPosition implements Position {
  static readonly empty = new MariadbGtidPosition(new Map());
  readonly flavour = 'mariadb';
  /** In the order of the domain ids. */
  readonly #last: ReadonlyMap<number, MariadbGtid>;

  private constructor(last: ReadonlyMap<number, MariadbGtid>) {
    this.#last = last;
  }

  /** Reads what a server would read, for example `0-1-100,1-2-50`. Throws `MalformedPositionError`. */
  static parse(text: string): MariadbGtidPosition {
    if (text === '') return MariadbGtidPosition.empty;
    const found = new Map<number, MariadbGtid>();
    for (const part of text.split(',')) {
      const gtid = parseGtid(text, part);
      if (found.has(gtid.domainId)) {
        throw new MalformedPositionError('mariadb', text, `domain ${gtid.domainId} appears twice`);
      }
      found.set(gtid.domainId, gtid);
    }
    return MariadbGtidPosition.#of(found);
  }

  /** Each domain once. */
  static fromGtids(gtids: Iterable<MariadbGtid>): MariadbGtidPosition {
    return MariadbGtidPosition.#of(new Map(Array.from(gtids, (gtid) => [gtid.domainId, gtid])));
  }

  static #of(last: ReadonlyMap<number, MariadbGtid>): MariadbGtidPosition {
    const seen = [...last].filter(([, { sequence }]) => sequence > 0n);
    if (seen.length === 0) return MariadbGtidPosition.empty;
    return new MariadbGtidPosition(new Map(seen.sort(([a], [b]) => a - b)));
  }

  /** A promoted server continues from the last number it has seen, even if another server has used the next one. */
  get reusesNumbers(): boolean {
    return true;
  }

  includes(other: Position): boolean {
    if (this === other) return true;
    if (!(other instanceof MariadbGtidPosition)) return false;
    for (const [domainId, wanted] of other.#last) {
      const held = this.#last.get(domainId);
      if (held === undefined || held.sequence < wanted.sequence) return false;
    }
    return true;
  }

  /** If both are at the same number, the higher server id is printed, so that the order of merging does not matter. */
  merge(other: Position): MariadbGtidPosition {
    if (!(other instanceof MariadbGtidPosition)) throw new MixedFlavourError(this.flavour, other.flavour);
    if (this === other) return this;
    const merged = new Map(this.#last);
    for (const [domainId, gtid] of other.#last) {
      const held = merged.get(domainId);
      if (held === undefined || isLater(gtid, held)) merged.set(domainId, gtid);
    }
    return MariadbGtidPosition.#of(merged);
  }

  intersect(other: Position): MariadbGtidPosition | null {
    if (!(other instanceof MariadbGtidPosition)) return null;
    return MariadbGtidPosition.fromGtids(
      this.gtids().flatMap((gtid) => {
        const also = other.#last.get(gtid.domainId);
        if (also === undefined) return [];
        return [also.sequence < gtid.sequence ? also : gtid];
      }),
    );
  }

  /** The first and the last GTID per domain. */
  missingIn(other: Position): readonly string[] {
    if (!(other instanceof MariadbGtidPosition)) throw new MixedFlavourError(this.flavour, other.flavour);
    return this.gtids().flatMap((gtid) => {
      const first = (other.sequenceIn(gtid.domainId) ?? 0n) + 1n;
      if (first > gtid.sequence) return [];
      const last = formatGtid(gtid);
      return [first === gtid.sequence ? last : `${last} back to number ${first}`];
    });
  }

  /** The distance in sequence numbers: equal to the count unless numbers were set by hand. */
  countMissingIn(other: Position): bigint {
    if (!(other instanceof MariadbGtidPosition)) throw new MixedFlavourError(this.flavour, other.flavour);
    let count = 0n;
    for (const { domainId, sequence } of this.gtids()) {
      const reached = other.sequenceIn(domainId) ?? 0n;
      if (sequence > reached) count += sequence - reached;
    }
    return count;
  }

  /** Only the last writer in each domain is known. */
  parts(): readonly PositionPart[] {
    return this.gtids().map(partOf);
  }

  withParts(keep: (part: PositionPart) => boolean): MariadbGtidPosition {
    return MariadbGtidPosition.fromGtids(this.gtids().filter((gtid) => keep(partOf(gtid))));
  }

  /** An identity begins with the server's number, up to an `@`. */
  writerOf(identity: string): string {
    return identity.split('@')[0]?.toLowerCase() ?? '';
  }

  withoutShared(shared: Position, writers: ReadonlySet<string>): MariadbGtidPosition | null {
    if (!(shared instanceof MariadbGtidPosition)) return null;
    const gtids = this.gtids();
    const [last] = gtids
      .filter(({ serverId }) => writers.has(String(serverId)))
      .toSorted((a, b) => (a.sequence > b.sequence ? -1 : 1));
    if (last === undefined) return null;
    const isShared = (gtid: MariadbGtid) => (shared.sequenceIn(gtid.domainId) ?? 0n) >= gtid.sequence;
    return MariadbGtidPosition.fromGtids(gtids.filter((gtid) => gtid === last || !isShared(gtid)));
  }

  /** The last transaction of each domain, by ascending domain. */
  gtids(): readonly MariadbGtid[] {
    return [...this.#last.values()];
  }

  /** The sequence number in a domain, `null` when the domain has not been seen. */
  sequenceIn(domainId: number): bigint | null {
    return this.#last.get(domainId)?.sequence ?? null;
  }

  isEmpty(): boolean {
    return this.#last.size === 0;
  }

  equals(other: Position): boolean {
    return this.includes(other) && other.includes(this);
  }

  format(): string {
    return this.gtids().map(formatGtid).join(',');
  }

  line(): string {
    return this.format();
  }

  write(writer: TokenBytesWriter): void {
    writeGtids(writer, this.gtids());
  }
}

function partOf(gtid: MariadbGtid): PositionPart {
  return {
    writer: String(gtid.serverId),
    stream: String(gtid.domainId),
    position: () => MariadbGtidPosition.fromGtids([gtid]),
  };
}

function formatGtid({ domainId, serverId, sequence }: MariadbGtid): string {
  return `${domainId}-${serverId}-${sequence}`;
}

function isLater(gtid: MariadbGtid, held: MariadbGtid): boolean {
  if (gtid.sequence !== held.sequence) return gtid.sequence > held.sequence;
  return gtid.serverId > held.serverId;
}

function parseGtid(text: string, part: string): MariadbGtid {
  const match = gtidPattern.exec(part);
  if (match === null) throw new MalformedPositionError('mariadb', text, `"${part.slice(0, 40)}" is no GTID`);
  const domainId = Number(match[1]);
  const serverId = Number(match[2]);
  const sequence = BigInt(match[3] as string);
  if (domainId > highestId || serverId > highestId || sequence > highestSequence) {
    throw new MalformedPositionError('mariadb', text, `"${part.slice(0, 80)}" has a number out of range`);
  }
  return { domainId, serverId, sequence };
}
