/**
 * Whether a position is part of the source's own history. A replica that includes it is no proof: it may hold errant transactions, or
 * ones that the source has lost.
 *
 * Regular probes of the source answer this for nearly all positions, at no cost; local commits and earlier answers are remembered, too.
 * Only a position beyond all that is asked for, together with all others that come meanwhile. The knowledge is valid for one source, one
 * start of it and one epoch: it is dropped when another server becomes the source, when the source was unreachable, and when it has gone
 * back.
 *
 *   INCLUDED   it is
 *   LACKING    it is not, and never will be
 *   UNKNOWN    the source's log does not tell
 *   BEHIND     the source replicates another server, and may still receive it; or another member of its group has it
 *   ELSEWHERE  it is of a history unknown to this process: the source may have been replaced
 *   UNJUDGED   the source could not be asked
 */
import type { Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';
import type { PastVerdict } from '../consistency/resume-session.ts';
import type { SourceHistory } from '../consistency/source-history.ts';
import type { Clock } from '../platform/clock.ts';
import { NextFlight } from '../platform/single-flight.ts';
import { type ClusterSnapshot, isSeen, statusOf, straySources, writableSource } from './cluster-snapshot.ts';
import { epochOf } from './heard-epoch.ts';
import type { HistoryAnswer } from './node-probe.ts';
import type { NodeStatus, ProbeReport } from './node-status.ts';

/** The source's history has changed: what was known of it before, and what is left of it. */
export type GoneBack = {
  readonly before: Position;
  /** The last epoch in its record then. */
  readonly epoch: number;
  readonly now: Position;
};

export type SourceJudgeOptions = {
  readonly positions: PositionCodec;
  readonly clock: Clock;
  readonly snapshot: () => ClusterSnapshot;
  readonly readHistory: (nodeName: string) => Promise<HistoryAnswer>;
  /** Resolves when a node with a lost connection has been probed since, or that takes too long. */
  readonly settled: (nodeName: string) => Promise<unknown>;
  /** Whether a position only names servers known to have written this history. */
  readonly believes: (position: Position) => boolean;
  readonly onGoneBack: (happening: GoneBack) => void;
};

type Known = {
  readonly node: string;
  readonly identity: string;
  /** From the last probe, or the last answer. */
  readonly seen: SourceHistory;
  /** When the last answer arrived. */
  readonly answeredMs: number;
  readonly position: Position;
  readonly epoch: number;
  readonly asOfMs: number;
  /** Committed since, as far as known here. */
  readonly written: { readonly position: Position; readonly atMs: number } | null;
  readonly all: SourceHistory;
};

/** A member of a group shows a write once all have agreed on it: the primary may be still committing it. Then it is asked again. */
const groupCommitMs = { every: 20, max: 1000 };

export class SourceJudge {
  readonly #options: SourceJudgeOptions;
  readonly #flights = new Map<string, NextFlight<HistoryAnswer>>();
  #known: Known | null = null;
  /** What was known when the source was lost. */
  #before: Known | null = null;
  #report: ProbeReport | null = null;
  #turns = 0;

  constructor(options: SourceJudgeOptions) {
    this.#options = options;
  }

  /** Changes when earlier verdicts may not hold any more: another source, one that was unreachable, or one that has gone back. */
  get turns(): number {
    return this.#turns;
  }

  /** Takes over the result of a probe. */
  observe(snapshot: ClusterSnapshot): void {
    const source = writableSource(snapshot);
    if (source?.report == null || source.position === null || source.asOfMs === null) {
      if (this.#known !== null) this.#turns += 1;
      this.#before = this.#known ?? this.#before;
      this.#known = null;
      this.#report = null;
      return;
    }
    if (source.report === this.#report) return;
    this.#report = source.report;
    this.#learn(source.node.name, source.report, source.asOfMs);
  }

  /** The source has committed `position`. */
  wrote(position: Position): void {
    const known = this.#known;
    if (known === null || known.seen.flavour !== position.flavour) return;
    const all = known.all.after(position);
    if (all === known.all) return;
    const merged = known.written === null ? position : known.written.position.merge(position);
    this.#known = { ...known, all, written: { position: merged, atMs: this.#options.clock.monotonic() } };
  }

  /**
   * Synchronous for what is known; the source is asked about everything else. `recorded`: according to the record of promotions the position
   * has survived, which counts if the log cannot tell. Never rejects.
   */
  judge(position: Position, { recorded = false } = {}): PastVerdict | Promise<PastVerdict> {
    const unsure = this.sure();
    return unsure === null ? this.#judge(position, recorded) : unsure.then(() => this.#judge(position, recorded));
  }

  /**
   * `null` while the source is known to be the one that was seen. After a lost connection it may have been restored, and may have reused the
   * numbers of what it has lost before it is asked: the probe in flight compares it with what it had.
   */
  sure(): Promise<unknown> | null {
    return this.#known !== null && this.#inDoubt(this.#known.node) ? this.#options.settled(this.#known.node) : null;
  }

  #judge(position: Position, recorded: boolean): PastVerdict | Promise<PastVerdict> {
    if (this.#known === null) return 'UNJUDGED';
    const { all, node } = this.#known;
    const verdict = this.#inDoubt(node) ? null : all.judge(position);
    if (verdict === 'INCLUDED' || (verdict === 'UNKNOWN' && recorded)) return 'INCLUDED';
    return this.#ask(position, this.#known);
  }

  #inDoubt(node: string): boolean {
    return statusOf(this.#options.snapshot(), node)?.position === null;
  }

  /** A position that includes the part of `position` known to be in the source's history. */
  surviving(position: Position): Position | null {
    return this.#known?.all.surviving(position) ?? null;
  }

  async #ask(position: Position, known: Known): Promise<PastVerdict> {
    const { clock, snapshot } = this.#options;
    const untilMs = clock.monotonic() + groupCommitMs.max;
    for (;;) {
      const verdict = await this.#askOnce(position, known);
      if (verdict !== 'LACKING' || statusOf(snapshot(), known.node)?.report?.member === undefined) return verdict;
      if (clock.monotonic() >= untilMs) return isShownByMember(snapshot(), position) ? 'BEHIND' : 'LACKING';
      await clock.sleep(groupCommitMs.every, { unref: true });
    }
  }

  async #askOnce(position: Position, { node, identity }: Known): Promise<PastVerdict> {
    let answer: HistoryAnswer;
    const asOfMs = this.#options.clock.monotonic();
    try {
      answer = await this.#flight(node).run();
    } catch {
      return 'UNJUDGED';
    }
    // Meanwhile the monitor may have found another source, or this one gone back.
    if (this.#known?.node !== node || this.#known.identity !== identity) return 'UNJUDGED';
    if (answer.identity !== identity || answer.readOnly) return 'ELSEWHERE';
    const verdict = answer.logged.judge(position);
    if (verdict === 'LACKING') return this.#lacking(position, answer);
    const settled = answer.settled.judge(position) === 'INCLUDED';
    if (settled && asOfMs > this.#known.asOfMs && answer.settled.continues(this.#known.seen)) {
      const { written } = this.#known;
      const all = written === null ? answer.settled : answer.settled.after(written.position);
      this.#known = { ...this.#known, seen: answer.settled, answeredMs: this.#options.clock.monotonic(), all };
    }
    return verdict;
  }

  #lacking(position: Position, { logged, received, receives }: HistoryAnswer): PastVerdict {
    const snapshot = this.#options.snapshot();
    const elsewhere = straySources(snapshot).some((other) => holds(other)?.includes(position) ?? false);
    const isKnown =
      position.parts().every(({ writer }) => logged.hasWriter(writer)) || this.#options.believes(position);
    if (elsewhere || !(isKnown || isAccountedFor(snapshot, position))) return 'ELSEWHERE';
    if (receives || (received !== null && logged.after(received).judge(position) !== 'LACKING')) return 'BEHIND';
    return 'LACKING';
  }

  #learn(node: string, report: ProbeReport, asOfMs: number): void {
    const { identity, position } = report;
    const probed = this.#options.positions.kind(position.flavour).historyOf(report);
    const known = { node, identity, position, epoch: epochOf(report), asOfMs };
    const fresh = { ...known, seen: probed, answeredMs: Number.NEGATIVE_INFINITY, written: null, all: probed };
    const before = this.#known ?? this.#before;
    this.#before = null;
    if (before === null || before.node !== node || before.identity !== identity) {
      this.#turns += 1;
      this.#known = fresh;
      return;
    }
    const { written, answeredMs } = before;
    // A probe asks several questions: its result may be older than an answer that arrived first.
    const isOlder = asOfMs <= answeredMs && before.seen.continues(probed);
    const seen = isOlder ? before.seen : probed;
    const holdsWritten = written === null || seen.judge(written.position) === 'INCLUDED';
    const lost = written !== null && !holdsWritten && written.atMs < asOfMs;
    if (lost || !seen.continues(before.seen)) {
      this.#turns += 1;
      this.#known = fresh;
      const all = written === null ? before.position : before.position.merge(written.position);
      this.#options.onGoneBack({ before: all, epoch: before.epoch, now: position });
      return;
    }
    const kept = holdsWritten ? null : written;
    const all = kept === null ? seen : seen.after(kept.position);
    this.#known = { ...known, seen, answeredMs, written: kept, all };
  }

  #flight(node: string): NextFlight<HistoryAnswer> {
    let flight = this.#flights.get(node);
    if (flight === undefined) {
      flight = new NextFlight(() => this.#options.readHistory(node), { clock: this.#options.clock });
      this.#flights.set(node, flight);
    }
    return flight;
  }
}

const holds = ({ position, report }: NodeStatus): Position | null => report?.holds ?? position;

function isShownByMember(snapshot: ClusterSnapshot, position: Position): boolean {
  const members = snapshot.filter((status) => isSeen(status) && status.report?.member === 'ONLINE');
  return members.some((status) => holds(status)?.includes(position) ?? false);
}

/** All servers were probed, and none has it: an unreachable one has not written it either. */
function isAccountedFor(snapshot: ClusterSnapshot, position: Position): boolean {
  return snapshot.every((status) => {
    if (status.role === 'BACKUP') return true;
    if (isSeen(status)) return !(holds(status)?.includes(position) ?? false);
    return status.report !== null && !namesWriter(position, status.report.identity);
  });
}

function namesWriter(position: Position, identity: string): boolean {
  const named = position.writerOf(identity);
  return position.parts().some(({ writer }) => writer === named);
}
