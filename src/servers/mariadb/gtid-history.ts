/**
 * What a MariaDB server proves about its own history. It compares numbers only, and a source that was promoted after a loss
 * reuses the lost number. But its binary log has the last number of each server in each domain:
 *
 * | the position names number q of server s, and the log of that domain has | verdict |
 * |---|---|
 * | q as the last of s, or s beyond q and no other server from q on | INCLUDED: s wrote all of that stretch |
 * | q as the last of another server, or no server at q or beyond | LACKING |
 * | s not at q, and something before q, so that it covers q | LACKING: another server has the number |
 * | s beyond q, and other servers as well | UNKNOWN: each of them may have written q |
 * | s not at q, and nothing before q: it begins later | UNKNOWN, except for the very transaction that the server began with |
 * | q after the end of the log, within a dump that was loaded | the same: what the dump brought is not in the log |
 *
 * The events themselves would show which server wrote q, as long as their file exists. They are not read: SHOW BINLOG EVENTS
 * cannot seek by GTID, so a gigabyte would be scanned for one token, on the server that takes the writes. UNKNOWN claims
 * nothing: the session is sent to the source and settled there. It takes a server that led, lost the lead and led again without
 * an epoch on record in between; each promotion that any process sees is recorded, and then the record decides.
 */
import type { Position } from '../../consistency/position.ts';
import type { HistoryVerdict, SourceHistory } from '../../consistency/source-history.ts';
import type { MariadbGtid } from './gtid.ts';
import { MariadbGtidPosition } from './gtid-position.ts';

export class MariadbHistory implements SourceHistory {
  readonly flavour = 'mariadb';
  readonly #logged: readonly MariadbGtid[];
  readonly #applied: MariadbGtidPosition;

  /** `logged`: the last transaction of each server in each domain. `applied`: what came by replication or from a copy. */
  constructor(logged: readonly MariadbGtid[], applied: MariadbGtidPosition) {
    this.#logged = logged;
    this.#applied = applied;
  }

  judge(position: Position): HistoryVerdict {
    if (!(position instanceof MariadbGtidPosition)) return 'LACKING';
    let verdict: HistoryVerdict = 'INCLUDED';
    for (const gtid of position.gtids()) {
      const one = this.#judge(gtid);
      if (one === 'LACKING') return one;
      if (one === 'UNKNOWN') verdict = one;
    }
    return verdict;
  }

  #judge({ domainId, serverId, sequence }: MariadbGtid): HistoryVerdict {
    let own = 0n;
    let coversBefore = false;
    let othersBeyond = false;
    for (const last of this.#logged) {
      if (last.domainId !== domainId) continue;
      if (last.sequence === sequence) return last.serverId === serverId ? 'INCLUDED' : 'LACKING';
      if (last.sequence < sequence) coversBefore = true;
      else if (last.serverId === serverId) own = last.sequence;
      else othersBeyond = true;
    }
    if (own > sequence) return othersBeyond ? 'UNKNOWN' : 'INCLUDED';
    const began = this.#applied.gtids().find((gtid) => gtid.domainId === domainId);
    // What came from a dump may lie beyond the end of the log, which covers none of it.
    const isBeyondLog = !othersBeyond && began !== undefined && began.sequence >= sequence;
    if (coversBefore && !isBeyondLog) return 'LACKING';
    if (began?.sequence === sequence) return began.serverId === serverId ? 'INCLUDED' : 'LACKING';
    return othersBeyond || (began !== undefined && began.sequence > sequence) ? 'UNKNOWN' : 'LACKING';
  }

  hasWriter(writer: string): boolean {
    return [...this.#logged, ...this.#applied.gtids()].some(({ serverId }) => `${serverId}` === writer);
  }

  after(position: Position): SourceHistory {
    if (!(position instanceof MariadbGtidPosition)) return this;
    let logged = this.#logged;
    for (const gtid of position.gtids()) {
      const held = logged.find(({ domainId, serverId }) => domainId === gtid.domainId && serverId === gtid.serverId);
      if (held !== undefined && held.sequence >= gtid.sequence) continue;
      logged = [...logged.filter((one) => one !== held), gtid];
    }
    return logged === this.#logged ? this : new MariadbHistory(logged, this.#applied);
  }

  continues(earlier: SourceHistory): boolean {
    if (!(earlier instanceof MariadbHistory)) return false;
    const reaches = ({ domainId, serverId, sequence }: MariadbGtid) =>
      this.#logged.some((one) => one.domainId === domainId && one.serverId === serverId && one.sequence >= sequence);
    return earlier.#logged.every(reaches) && this.#applied.includes(earlier.#applied);
  }

  /** The server's own place in the domains of the position: what survived of it is not beyond. */
  surviving(position: Position): Position | null {
    if (!(position instanceof MariadbGtidPosition)) return null;
    const rest = position.gtids().flatMap(({ domainId }) => this.#end(domainId) ?? []);
    return rest.length === 0 ? null : MariadbGtidPosition.fromGtids(rest);
  }

  #end(domainId: number): MariadbGtid | null {
    let end: MariadbGtid | null = null;
    for (const gtid of [...this.#applied.gtids(), ...this.#logged]) {
      if (gtid.domainId === domainId && (end === null || gtid.sequence >= end.sequence)) end = gtid;
    }
    return end;
  }
}
