/**
 * Starts an epoch if the history of the source has ended without one: another server was promoted outside, the source has
 * gone back, a client names a write of the source's own that the source lacks, or the source has lost the record of an epoch:
 * then its rows went back, and no position says how far. `npm run cluster` records its promotions itself.
 *
 * Every API process tries. The first one to lock the newest row writes the next, the others find it there. A process that may
 * not write the table reports it once; lost writes are then found by the source's own history, as far as that goes.
 */
import type { Cluster } from '../../cluster/cluster.ts';
import { type ClusterSnapshot, writableSource } from '../../cluster/cluster-snapshot.ts';
import { epochOf, sourceIdOf } from '../../cluster/heard-epoch.ts';
import type { NodeStatus, ProbeReport } from '../../cluster/node-status.ts';
import type { GoneBack } from '../../cluster/source-judge.ts';
import { endOfHistory } from '../../consistency/end-of-history.ts';
import { currentEpoch, type EpochHistory, judgeEpoch } from '../../consistency/epoch.ts';
import type { Position } from '../../consistency/position.ts';
import type { Session } from '../../consistency/session.ts';
import type { Clock } from '../../platform/clock.ts';
import { lacksRight } from '../../servers/faults.ts';
import type { HistoryFacts } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { ServerConnection } from '../../servers/server-connection.ts';

export type EpochRecorderOptions = {
  readonly cluster: Pick<Cluster, 'snapshot' | 'probeNow' | 'noteEpochTrouble' | 'events'>;
  readonly addressOf: (nodeName: string) => ServerAddress;
  readonly clock: Clock;
  readonly epochs: () => EpochHistory;
};

type Reason = 'PROMOTED' | 'GONE_BACK' | 'WRITE_LOST' | 'RECORD_LOST';
type Due = {
  readonly reason: Reason;
  /** The epoch that has ended. */
  readonly epoch: number;
  readonly node: string;
  readonly identity: string;
  /** Its source, if the record does not name it. */
  readonly former: string | null;
  /** Where it ended, when that is known already. */
  readonly end: Position | null;
  readonly sinceMs: number;
};

const timeoutMs = 1000;
const retryMs = 200;
/** The right has to be granted first. */
const deniedRetryMs = 5000;
const hearingMs = 10;
/** The longest wait for a record. */
const patienceMs = 2000;
/** Records that a restored source lacks are written anew, when they are so few. */
const maxMissing = 16;

export class EpochRecorder {
  readonly #options: EpochRecorderOptions;
  /** Identity of the last server that was seen to take the writes. */
  #former: string | null = null;
  /** The last probe of a source that had the newest epoch on record. */
  #complete: ProbeReport | null = null;
  #due: Due | null = null;
  #recording = false;
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
    return source?.node.name === due.node && source.epochTrouble == null;
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
    void this.#record();
  }

  async #record(): Promise<void> {
    const due = this.#due;
    if (this.#recording || due === null || this.#closed) return;
    this.#recording = true;
    try {
      const { cluster } = this.#options;
      const isWritten = await this.#write(due);
      // The probe was older than the record.
      if (!isWritten && due.reason === 'RECORD_LOST' && this.#due === due) this.#due = null;
      if (isWritten) {
        cluster.events.publish({
          name: 'EPOCH_STARTED',
          node: due.node,
          facts: { epoch: due.epoch + 1, reason: due.reason },
        });
      }
      cluster.noteEpochTrouble(due.node, null);
      cluster.probeNow(due.node);
    } catch (error) {
      const denied = isDenied(error);
      if (denied) this.#options.cluster.noteEpochTrouble(due.node, 'the account may not write cluster_epochs');
      this.#cancelRetry = this.#options.clock.after(denied ? deniedRetryMs : retryMs, () => void this.#record());
    } finally {
      this.#recording = false;
    }
    if (this.#due !== due) void this.#record();
  }

  /** False if another process has done it, or it is no longer due. */
  async #write(due: Due): Promise<boolean> {
    if (writableSource(this.#options.cluster.snapshot())?.node.name !== due.node) return false;
    const { addressOf, clock, epochs } = this.#options;
    const connection = new ServerConnection(addressOf(due.node), clock, () => undefined);
    try {
      return await connection.use(timeoutMs, async (open) => {
        const flavour = flavourOf(open);
        const { epochs: records } = flavour;
        await records.begin(open);
        const newest = await records.lockNewest(open);
        const facts = await flavour.readHistoryFacts(open, { members: due.reason !== 'PROMOTED' });
        // Two that write each other's transactions have one history between them.
        const isMissing = newest < due.epoch || (due.reason !== 'RECORD_LOST' && newest === due.epoch);
        const stands = isMissing && facts.identity === due.identity && !facts.readOnly && !facts.receives;
        if (!stands) {
          await open.query('ROLLBACK');
          return false;
        }
        const sourceId = sourceIdOf(due.identity);
        const began = due.reason === 'GONE_BACK' ? await flavour.startOfLog(open, facts) : null;
        const endOfPrevious = endOf(due, facts, epochs(), began);
        // By its own clock, tokens that this process has issued before can be distinguished from later ones.
        const nowMs = clock.now();
        const known = new Map(epochs().map((record) => [record.epoch, record]));
        const first = due.epoch - newest > maxMissing ? due.epoch : newest;
        for (let epoch = first + 1; epoch <= due.epoch; epoch += 1) {
          await records.insert(open, known.get(epoch) ?? { epoch, sourceId, endOfPrevious, startedAtMs: nowMs });
        }
        if (due.former !== null) await records.nameSource(open, due.epoch, sourceIdOf(due.former));
        await records.insert(open, { epoch: due.epoch + 1, sourceId, endOfPrevious }, nowMs);
        await open.query('COMMIT');
        return true;
      });
    } finally {
      await connection.close();
    }
  }
}

function endOf(
  { reason, end, identity }: Due,
  facts: HistoryFacts,
  history: EpochHistory,
  start: Position | null,
): Position | null {
  if (reason === 'RECORD_LOST') return null;
  if (reason === 'GONE_BACK' && end !== null) {
    const earliest = start !== null && end.includes(start) ? start : end;
    return facts.received === null ? earliest : earliest.merge(facts.received);
  }
  if (reason !== 'PROMOTED') return facts.all;
  const began = history.at(-1)?.endOfPrevious ?? null;
  return endOfHistory({ ...facts, writer: facts.all.writerOf(identity), began });
}

/**
 * Whether the record of `epoch` was there and is gone while the log went on: it was deleted, or a dump was loaded. If the
 * log went back, that says more. Only for a server that does not replicate: what it has not replicated yet is not lost.
 */
function hasLost(now: ProbeReport, complete: ProbeReport, epoch: number): boolean {
  const isSame = now.identity === complete.identity && now.applier === 'NONE' && epochOf(complete) === epoch;
  return isSame && now.epochs !== null && epochOf(now) < epoch && now.position.includes(complete.position);
}

const isDenied = (error: unknown): boolean => lacksRight(error instanceof Error ? (error.cause ?? error) : error);
