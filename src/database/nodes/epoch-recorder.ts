/**
 * Starts an epoch if the history of the source has ended without one: another server was promoted outside, the source has
 * gone back, a client names a write of the source's own that the source lacks, or the source has lost the record of an epoch:
 * then its rows went back, and no position says how far. `npm run cluster` records its promotions itself.
 *
 * Every API process tries. The first one to lock the newest row writes the next, the others find it there. A process that
 * cannot write the table reports why, and tries again at growing intervals; lost writes are then found by the source's own
 * history, as far as that goes.
 */
import type { Cluster } from '../../cluster/cluster.ts';
import { type ClusterSnapshot, writableSource } from '../../cluster/cluster-snapshot.ts';
import { unrecordedEpoch } from '../../cluster/epoch-trouble.ts';
import { epochOf } from '../../cluster/heard-epoch.ts';
import type { NodeStatus, ProbeReport } from '../../cluster/node-status.ts';
import type { GoneBack } from '../../cluster/source-judge.ts';
import { currentEpoch, type EpochHistory, judgeEpoch } from '../../consistency/epoch.ts';
import type { Session } from '../../consistency/session.ts';
import { type BackoffOptions, backoffMs } from '../../platform/backoff.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { type EndedEpoch, whyUnwritten, writeEpoch } from './epoch-writing.ts';

export type EpochRecorderOptions = {
  readonly cluster: Pick<Cluster, 'snapshot' | 'probeNow' | 'noteEpochTrouble' | 'events'>;
  readonly addressOf: (nodeName: string) => ServerAddress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly epochs: () => EpochHistory;
};

type Due = EndedEpoch & {
  /** On which the next one begins. */
  readonly node: string;
  readonly sinceMs: number;
};

/** A right may have to be granted, or a table to be repaired. */
const retry: BackoffOptions = { firstMs: 200, factor: 2, maxMs: 5000 };
const hearingMs = 10;
/** The longest wait for a record. */
const patienceMs = 2000;

export class EpochRecorder {
  readonly #options: EpochRecorderOptions;
  /** Identity of the last server that was seen to take the writes. */
  #former: string | null = null;
  /** The last probe of a source that had the newest epoch on record. */
  #complete: ProbeReport | null = null;
  #due: Due | null = null;
  #recording = false;
  /** Attempts at what is due that have failed. */
  #failures = 0;
  #closed = false;
  #cancelRetry: () => void = () => undefined;

  constructor(options: EpochRecorderOptions) {
    this.#options = options;
  }

  /** Until it is recorded that a source has gone back, no position says which history it belongs to. */
  get isPending(): boolean {
    const due = this.#due;
    return due?.reason === 'GONE_BACK' && this.#options.clock.monotonic() < due.sinceMs + patienceMs;
  }

  /** `null` when no record is under way; else resolves when it is heard of, was refused, or takes too long. */
  recorded(): Promise<void> | null {
    return this.#isUnderWay() ? this.#untilRecorded() : null;
  }

  #isUnderWay(): boolean {
    const due = this.#due;
    if (due === null || this.#closed || this.#options.clock.monotonic() >= due.sinceMs + patienceMs) return false;
    const source = writableSource(this.#options.cluster.snapshot());
    return source?.node.name === due.node && unrecordedEpoch(source) === null;
  }

  async #untilRecorded(): Promise<void> {
    while (this.#isUnderWay()) await this.#options.clock.sleep(hearingMs, { unref: true });
  }

  /** Called after the snapshot's epochs have been processed. */
  observe(snapshot: ClusterSnapshot): void {
    const epoch = currentEpoch(this.#options.epochs());
    if (this.#due !== null && epoch !== null && epoch > this.#due.epoch) this.#due = null;
    const source = writableSource(snapshot);
    if (source?.report == null || epoch === null) return;
    const { identity, position } = source.report;
    const recorded = this.#options.epochs().at(-1)?.sourceId ?? '';
    const former = recorded === '' ? this.#former : recorded;
    // The members of a group write one history, whichever is elected.
    const isGroup = source.report.member !== undefined;
    const isNew = former !== null && position.writerOf(former) !== position.writerOf(identity);
    if (this.#former === null || !isNew || recorded !== '') this.#former = identity;
    if (isGroup) return;
    if (isNew) this.#note(source, { reason: 'PROMOTED', former, end: null });
    else if (this.#due === null && this.#complete !== null && hasLost(source.report, this.#complete, epoch)) {
      this.#note(source, { reason: 'RECORD_LOST', former: null, end: null });
    }
    if (epochOf(source.report) === epoch) this.#complete = source.report;
  }

  goneBack({ before, epoch, now }: GoneBack): void {
    const source = writableSource(this.#options.cluster.snapshot());
    // Another process may have seen and recorded it earlier. If it were recorded twice, what came in between would be lost.
    const isRecorded = judgeEpoch({ epoch, position: before }, source?.report?.epochs ?? []) === 'lost';
    if (source !== undefined && !isRecorded) this.#note(source, { reason: 'GONE_BACK', former: null, end: now });
  }

  /** A token of the current epoch, or of a forgotten one, names what the source lacks. */
  lost({ position }: Session): void {
    const source = writableSource(this.#options.cluster.snapshot());
    if (source?.report == null || position === null) return;
    // Another server's writes can always be told apart by the source's history; its own numbers are assigned again.
    const writer = position.writerOf(source.report.identity);
    const isOwn = position.parts().some((part) => part.writer === writer);
    if (isOwn) this.#note(source, { reason: 'WRITE_LOST', former: null, end: null });
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
  }

  #note({ node, report }: NodeStatus, ended: Pick<Due, 'reason' | 'former' | 'end'>): void {
    const epoch = currentEpoch(this.#options.epochs());
    if (this.#closed || report === null || report.epochs === null || epoch === null) return;
    // The first reason knows best where the history ended.
    if (this.#due?.epoch === epoch && this.#due.identity === report.identity) return;
    const sinceMs = this.#options.clock.monotonic();
    this.#due = { ...ended, epoch, node: node.name, identity: report.identity, sinceMs };
    this.#failures = 0;
    void this.#record();
  }

  async #record(): Promise<void> {
    const due = this.#due;
    if (this.#recording || due === null || this.#closed) return;
    this.#recording = true;
    this.#cancelRetry();
    const { cluster, addressOf, clock, epochs } = this.#options;
    try {
      if (writableSource(cluster.snapshot())?.node.name !== due.node) this.#retry();
      else {
        const isWritten = await writeEpoch(addressOf(due.node), due, epochs(), clock);
        // The probe was older than the record.
        if (!isWritten && due.reason === 'RECORD_LOST' && this.#due === due) this.#due = null;
        if (isWritten) {
          const facts = { epoch: due.epoch + 1, reason: due.reason };
          cluster.events.publish({ name: 'EPOCH_STARTED', node: due.node, facts });
        }
        cluster.noteEpochTrouble(due.node, null);
        cluster.probeNow(due.node);
      }
    } catch (error) {
      const fault = whyUnwritten(error);
      if (fault !== null) cluster.noteEpochTrouble(due.node, { epoch: due.epoch, fault });
      this.#retry();
    } finally {
      this.#recording = false;
    }
    if (this.#due !== due) void this.#record();
  }

  #retry(): void {
    if (this.#closed) return;
    const { clock, random } = this.#options;
    this.#cancelRetry = clock.after(backoffMs(this.#failures, retry, random), () => void this.#record());
    this.#failures += 1;
  }
}

/**
 * Whether the record of `epoch` was there and is gone while the log went on: it was deleted, or a dump was loaded. If the
 * log went back, that says more. Only for a server that does not replicate: what it has not replicated yet is not lost.
 */
function hasLost(now: ProbeReport, complete: ProbeReport, epoch: number): boolean {
  const isSame = now.identity === complete.identity && now.applier === 'NONE' && epochOf(complete) === epoch;
  return isSame && now.epochs !== null && epochOf(now) < epoch && now.position.includes(complete.position);
}
