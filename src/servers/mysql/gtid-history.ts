/** What a MySQL server proves about its own history: its set includes a position, or it does not and never will. */
import type { Position } from '../../consistency/position.ts';
import type { HistoryVerdict, SourceHistory } from '../../consistency/source-history.ts';
import { MysqlGtidSet } from './gtid-set.ts';

export class MysqlHistory implements SourceHistory {
  readonly flavour = 'mysql';
  readonly #all: MysqlGtidSet;

  /** `all` includes what is logged and not counted yet. */
  constructor(all: MysqlGtidSet) {
    this.#all = all;
  }

  judge(position: Position): HistoryVerdict {
    return this.#all.includes(position) ? 'INCLUDED' : 'LACKING';
  }

  hasWriter(writer: string): boolean {
    return !this.#all.withOnlySources([writer]).isEmpty();
  }

  after(position: Position): SourceHistory {
    const all = this.#all.merge(position);
    return all === this.#all ? this : new MysqlHistory(all);
  }

  continues(earlier: SourceHistory): boolean {
    return earlier instanceof MysqlHistory && this.#all.includes(earlier.#all);
  }

  surviving(position: Position): Position | null {
    if (!(position instanceof MysqlGtidSet)) return null;
    const rest = position.intersect(this.#all);
    return rest.isEmpty() ? null : rest;
  }
}
