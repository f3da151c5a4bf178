/**
 * Carries what the outbox names to the backup:
 *
 *   round:  a source and a backup that answer ─▶ claim ─▶ apply ─▶ settle ─▶ next round
 *                     │                                    │
 *                     └─ TROUBLE: pause, longer each time ◀┤ a server is away: the claim stays in hand and is tried again
 *                                                          │ a record is refused: halves, until it stands alone;
 *                                                          └ then postponed, and parked after so many attempts
 *
 * A worker that dies leaves its claim to its lease. What it had applied is applied again, which changes nothing.
 */
import type { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import type { Clock } from '../platform/clock.ts';
import { errorMessage } from '../platform/error-message.ts';
import type { Logger } from '../platform/log.ts';
import { type ApplyBatch, halves, planBatches } from './apply-plan.ts';
import { pauseMs, type RoundOutcome } from './mirror-pace.ts';
import type { RecordApplier } from './record-applier.ts';
import { judgeRefusal } from './refused-record.ts';
import type { SourceLink, SourceLinks } from './source-link.ts';

export type MirrorWorkerOptions = {
  /** Unlike any other worker's. */
  readonly name: string;
  readonly links: SourceLinks;
  readonly applier: RecordApplier;
  readonly backup: MirrorConnection;
  readonly limits: MirrorWorkerLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onApplied?: (records: number) => void;
  /** `null` when a round has gone well after that. */
  readonly onTrouble?: (reason: string | null) => void;
};

export type MirrorWorkerLimits = {
  readonly recordsPerBatch: number;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
};

type InHand = { readonly link: SourceLink; readonly batches: ApplyBatch[] };

export class MirrorWorker {
  readonly #options: MirrorWorkerOptions;
  #inHand: InHand | null = null;
  #lastLink: SourceLink | null = null;
  #inTrouble = true;
  #woken = false;
  #gathering = false;
  #endPause: (() => void) | null = null;
  #stopping = false;
  #running: Promise<void> | null = null;

  constructor(options: MirrorWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something was appended: look at once, or as soon as enough may have gathered. */
  wake(): void {
    if (this.#inTrouble) return;
    this.#woken = true;
    if (!this.#gathering) this.#endPause?.();
  }

  /** Resolves once the batch that is being applied is settled or given up. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endPause?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { random } = this.#options;
    let last: RoundOutcome | null = null;
    let repeats = 0;
    while (!this.#stopping) {
      this.#woken = false;
      const outcome = await this.#round();
      repeats = outcome === last ? repeats + 1 : 0;
      last = outcome;
      this.#gathering = outcome === 'SOME';
      // What was appended while the round looked elsewhere is waited for by nobody but the next round.
      if (this.#woken && outcome === 'NOTHING') continue;
      await this.#pause(pauseMs(outcome, repeats, random));
    }
  }

  async #round(): Promise<RoundOutcome> {
    try {
      const outcome = await this.#carry();
      if (this.#inTrouble) this.#options.onTrouble?.(null);
      this.#inTrouble = false;
      return outcome;
    } catch (error) {
      const reason = errorMessage(error);
      if (!(error instanceof MirrorFaultError)) this.#options.log.error({ err: error }, 'the mirror met a fault');
      else if (!this.#inTrouble) this.#options.log.warn({ reason, kind: error.kind }, 'the mirror cannot go on');
      this.#inTrouble = true;
      this.#options.onTrouble?.(reason);
      return 'TROUBLE';
    }
  }

  async #carry(): Promise<RoundOutcome> {
    const { links, applier, backup, limits, name } = this.#options;
    const link = links.now();
    if (this.#inTrouble) await backup.use(limits.timeoutMs, (connection) => connection.query('SELECT 1'));
    // A source that comes back may have been something else meanwhile.
    if (link !== this.#lastLink) applier.forget(link.connection);
    this.#lastLink = link;
    await applier.settleEpoch(link.connection);
    if (this.#inHand?.link === link) await this.#applyAll(this.#inHand);
    this.#inHand = null;
    const limit = limits.recordsPerBatch;
    const entries = await link.outbox.claim({ limit, leaseMs: limits.leaseMs, worker: name });
    if (entries.length === 0) return 'NOTHING';
    this.#inHand = { link, batches: planBatches(entries) };
    await this.#applyAll(this.#inHand);
    this.#inHand = null;
    return entries.length >= limit ? 'FULL' : 'SOME';
  }

  /** What is done leaves the hand, so that a fault in the middle repeats no more than it must. */
  async #applyAll({ link, batches }: InHand): Promise<void> {
    for (let next = batches[0]; next !== undefined && !this.#stopping; next = batches[0]) {
      const parts = await this.#apply(link, next);
      batches.splice(0, 1, ...parts);
    }
  }

  /** Answers the parts that are still to be applied. */
  async #apply(link: SourceLink, batch: ApplyBatch): Promise<ApplyBatch[]> {
    const { applier, onApplied } = this.#options;
    try {
      await applier.apply(link.connection, batch.model, batch.records);
    } catch (error) {
      if (!(error instanceof MirrorFaultError) || error.kind !== 'record') throw error;
      if (batch.records.length > 1) return halves(batch);
      await this.#leaveAside(link, batch, error.message);
      return [];
    }
    await link.outbox.settle(batch.entries.map(({ id }) => id));
    onApplied?.(batch.records.length);
    return [];
  }

  async #leaveAside({ outbox }: SourceLink, { model, records, entries }: ApplyBatch, reason: string): Promise<void> {
    const { limits, random, log } = this.#options;
    const attempts = entries.reduce((most, entry) => Math.max(most, entry.attempts), 1);
    const verdict = judgeRefusal(attempts, limits.maxAttempts, random);
    const recordKey = records[0]?.recordKey;
    if (verdict.action === 'PARK')
      log.error({ model, recordKey, attempts, reason }, 'a record is not mirrored any more');
    else log.warn({ model, recordKey, attempts, reason }, 'the backup refused a record');
    for (const { id } of entries) {
      if (verdict.action === 'PARK') await outbox.park(id, reason);
      else await outbox.postpone(id, reason, verdict.delayMs);
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => this.#endPause?.());
      this.#endPause = () => {
        this.#endPause = null;
        cancel();
        resolve();
      };
    });
  }
}
