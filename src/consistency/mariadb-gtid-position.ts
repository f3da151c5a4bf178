import { MalformedPositionError, MixedFlavourError } from './errors.ts';
import type { Position } from './position.ts';

/** The last transaction of one replication domain. */
export type MariadbGtid = { readonly domainId: number; readonly serverId: number; readonly sequence: bigint };

/** As the server reads it: white space before a number but never after it, a plus, leading zeros. */
const gtidPattern = /^[ \t\n\v\f\r]*\+?(\d+)-[ \t\n\v\f\r]*\+?(\d+)-[ \t\n\v\f\r]*\+?(\d+)$/;
const highestId = 2 ** 32 - 1;
const highestSequence = 2n ** 64n - 1n;

/**
 * A MariaDB GTID position: per replication domain the sequence number of the last transaction; everything before it counts
 * as seen. The server id is kept for printing and ignored in comparison, as the server does. A domain that is missing
 * has not been seen at all; number 0, which no transaction has, says the same and is dropped.
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

  includes(other: Position): boolean {
    if (this === other) return true;
    if (!(other instanceof MariadbGtidPosition)) return false;
    for (const [domainId, wanted] of other.#last) {
      const held = this.#last.get(domainId);
      if (held === undefined || held.sequence < wanted.sequence) return false;
    }
    return true;
  }

  /** Where both stand at the same number, the higher server id is printed, so that the order of merging does not matter. */
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

  /** The domains that this position has seen, ascending. */
  domains(): readonly number[] {
    return [...this.#last.keys()];
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
    return this.gtids()
      .map(({ domainId, serverId, sequence }) => `${domainId}-${serverId}-${sequence}`)
      .join(',');
  }
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
