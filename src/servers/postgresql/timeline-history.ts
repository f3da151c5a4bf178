/**
 * What a PostgreSQL server proves about its own history: its timeline up to where it stands, and each timeline before it up to
 * the place where the next one began.
 *
 * | the position names a place on a timeline that | verdict |
 * |---|---|
 * | the server's history has, up to there or further | INCLUDED |
 * | the server's history has, but not so far | LACKING: the timeline was left before, or nothing has been written there yet |
 * | is newer than the server's own | LACKING |
 * | is older and not in it, and the whole history is known, back to timeline 1 | LACKING: another server's, promoted apart |
 * | is older, and the history before it could not be read | UNKNOWN |
 */
import type { Position } from '../../consistency/position.ts';
import type { HistoryVerdict, SourceHistory } from '../../consistency/source-history.ts';
import { type TimelineEnd, WalPosition } from './wal-position.ts';

const firstTimeline = 1;

export class TimelineHistory implements SourceHistory {
  readonly flavour = 'postgresql';
  readonly #all: WalPosition;

  constructor(all: WalPosition) {
    this.#all = all;
  }

  judge(position: Position): HistoryVerdict {
    if (!(position instanceof WalPosition)) return 'LACKING';
    const verdicts = position.ends().map((end) => this.#judge(end));
    if (verdicts.includes('LACKING')) return 'LACKING';
    return verdicts.includes('UNKNOWN') ? 'UNKNOWN' : 'INCLUDED';
  }

  #judge({ timeline, lsn }: TimelineEnd): HistoryVerdict {
    const held = this.#all.lsnOn(timeline);
    if (held !== null) return held >= lsn ? 'INCLUDED' : 'LACKING';
    const newest = this.#all.ends().at(-1)?.timeline ?? 0;
    const isComplete = this.#all.lsnOn(firstTimeline) !== null;
    return isComplete || timeline > newest ? 'LACKING' : 'UNKNOWN';
  }

  hasWriter(writer: string): boolean {
    return this.#all.lsnOn(Number(writer)) !== null;
  }

  /** What it has committed is on the timeline that it is on. */
  after(position: Position): SourceHistory {
    const all = this.#all.merge(position);
    return all === this.#all ? this : new TimelineHistory(all);
  }

  continues(earlier: SourceHistory): boolean {
    return earlier instanceof TimelineHistory && this.#all.includes(earlier.#all);
  }

  surviving(position: Position): Position | null {
    const rest = position.intersect(this.#all);
    return rest === null || rest.isEmpty() ? null : rest;
  }
}
