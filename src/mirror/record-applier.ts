/**
 * Brings records of the backup up to date, whoever asks: the worker for the outbox, repair for what it found, a promotion for
 * what may have been lost with the old source.
 */
import { applyRecords, sourceEpoch } from '../database/mirror/apply-records.ts';
import {
  applicationsToRecheck,
  enterEpoch,
  latestEpoch,
  purgeCheckpoints,
  type RecordToApply,
} from '../database/mirror/checkpoints.ts';
import { freshWrite, type MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import { type MirroredModel, type RecordShape, readShape } from '../database/mirror/mirrored-tables.ts';

export type RecordApplierOptions = {
  readonly models: readonly MirroredModel[];
  readonly backup: MirrorConnection;
  /** How long one transaction on the backup may take. */
  readonly timeoutMs: number;
};

const recordsPerRecheck = 200;

export class RecordApplier {
  readonly #options: RecordApplierOptions;
  readonly #shapes = new Map<string, RecordShape>();
  /** The epoch of each source that was asked. */
  readonly #epochs = new WeakMap<MirrorConnection, number>();
  readonly #settledEpochs = new WeakSet<MirrorConnection>();

  constructor(options: RecordApplierOptions) {
    this.#options = options;
  }

  /** Throws `MirrorFaultError`; then none of the records was touched. */
  async apply(source: MirrorConnection, model: string, records: readonly RecordToApply[]): Promise<void> {
    const { backup, timeoutMs } = this.#options;
    try {
      const shape = await this.shape(source, model);
      const epoch = await this.epoch(source);
      await applyRecords({ source, backup, shape, records, epoch, timeoutMs });
    } catch (error) {
      this.#doubt(source, error);
      throw error;
    }
  }

  /** As the source has it: a backup that lacks a column must refuse rather than forget it. */
  async shape(source: MirrorConnection, model: string): Promise<RecordShape> {
    const known = this.#shapes.get(model);
    if (known !== undefined) return known;
    const mirrored = this.#options.models.find((candidate) => candidate.model === model);
    if (mirrored === undefined) throw new MirrorFaultError('record', `${model} is no mirrored model`);
    const shape = await source.use(this.#options.timeoutMs, (connection) => readShape(connection, mirrored));
    this.#shapes.set(model, shape);
    return shape;
  }

  async epoch(source: MirrorConnection): Promise<number> {
    const known = this.#epochs.get(source);
    if (known !== undefined) return known;
    const epoch = await source.use(this.#options.timeoutMs, sourceEpoch);
    this.#epochs.set(source, epoch);
    return epoch;
  }

  /**
   * Once per source: when the backup holds records of an older history, those that were applied shortly before its end are
   * read again, since their last changes may not have survived. Answers how many.
   */
  async settleEpoch(source: MirrorConnection): Promise<number> {
    if (this.#settledEpochs.has(source)) return 0;
    const { backup, timeoutMs } = this.#options;
    const epoch = await this.epoch(source);
    const known = await backup.use(timeoutMs, latestEpoch);
    if (known !== epoch) await backup.transaction(timeoutMs, freshWrite, (connection) => enterEpoch(connection, epoch));
    let rechecked = 0;
    for (;;) {
      const records = await backup.use(timeoutMs, (connection) =>
        applicationsToRecheck(connection, epoch, recordsPerRecheck),
      );
      if (records.length === 0) break;
      for (const model of new Set(records.map((record) => record.model))) {
        const own = records.filter((record) => record.model === model);
        await this.apply(
          source,
          model,
          own.map(({ recordKey }) => ({ recordKey, outboxId: 0n })),
        );
      }
      rechecked += records.length;
    }
    this.#settledEpochs.add(source);
    return rechecked;
  }

  async purge(olderThanHours: number, limit: number): Promise<number> {
    const { backup, timeoutMs } = this.#options;
    return backup.use(timeoutMs, (connection) => purgeCheckpoints(connection, olderThanHours, limit));
  }

  /** What was remembered may be why it failed. */
  #doubt(source: MirrorConnection, error: unknown): void {
    if (!(error instanceof MirrorFaultError)) return;
    if (error.kind === 'schema') this.#shapes.clear();
    if (error.kind === 'record') return;
    this.forget(source);
  }

  /** Whatever is known of this source is asked for again. */
  forget(source: MirrorConnection): void {
    this.#epochs.delete(source);
    this.#settledEpochs.delete(source);
  }
}
