/**
 * Applies the records named by the outbox to the backup:
 *
 *   round:  source and backup answer ─▶ claim ─▶ apply ─▶ settle ─▶ next round
 *                     │                                    │
 *                     └─ TROUBLE: pause, with backoff ◀────┤ a server is down: the claim is kept and retried
 *                                                          │ a record is refused: batches are halved until it is alone;
 *                                                          └ then postponed, and parked after the maximum of attempts
 *
 * The claim of a dead worker ends with its lease. What it had applied is applied again, which changes nothing.
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
  /** Unique among all workers. */
  readonly name: string;
  readonly links: SourceLinks;
  readonly applier: RecordApplier;
  readonly backup: MirrorConnection;
  readonly limits: MirrorWorkerLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onApplied?: (records: number) => void;
  /** `null` once a round has succeeded since. */
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

  /** Entries were appended: start a round at once, or as soon as enough may have gathered. */
  wake(): void {
    if (this.#inTrouble) return;
    this.#woken = true;
    if (!this.#gathering) this.#endPause?.();
  }

  /** Resolves once the current batch is settled or abandoned. */
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
      // Entries appended during the round are left to the next round.
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
      if (!(error instanceof MirrorFaultError))
        this.#options.log.error({ err: error }, 'mirror round failed unexpectedly');
      else if (!this.#inTrouble) this.#options.log.warn({ reason, kind: error.kind }, 'mirror is blocked');
      this.#inTrouble = true;
      this.#options.onTrouble?.(reason);
      return 'TROUBLE';
    }
  }

  async #carry(): Promise<RoundOutcome> {
    const { links, applier, backup, limits, name } = this.#options;
    const link = links.now();
    if (this.#inTrouble) await backup.use(limits.timeoutMs, (connection) => connection.query('SELECT 1'));
    // A returning source may have been in another role meanwhile.
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

  /** Settled entries leave the claim, so that a failure halfway repeats as little as possible. */
  async #applyAll({ link, batches }: InHand): Promise<void> {
    for (let next = batches[0]; next !== undefined && !this.#stopping; next = batches[0]) {
      const parts = await this.#apply(link, next);
      batches.splice(0, 1, ...parts);
    }
  }

  /** Returns the parts that are still to be applied. */
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
      log.error({ model, recordKey, attempts, reason }, 'parked a record that the backup keeps refusing');
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
