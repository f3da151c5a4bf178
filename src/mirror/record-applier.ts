/**
 * Copies records from the source to the backup: for the worker, for repair, and after a promotion for records that may have been lost
 * with the old source.
 */
import { applyRecords, sourceEpoch } from '../database/mirror/apply-records.ts';
import { applicationsToRecheck, enterEpoch, latestEpoch, purgeCheckpoints } from '../database/mirror/checkpoints.ts';
import type { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import { type MirroredModel, type RecordShape, readShape } from '../database/mirror/mirrored-tables.ts';
import type { RecordToApply } from '../servers/mirror-side.ts';

export type RecordApplierOptions = {
  readonly models: readonly MirroredModel[];
  readonly backup: MirrorConnection;
  /** Time limit of one transaction on the backup. */
  readonly timeoutMs: number;
};

const recordsPerRecheck = 200;

export class RecordApplier {
  readonly #options: RecordApplierOptions;
  readonly #shapes = new Map<string, RecordShape>();
  /** The epoch of each source that was queried. */
  readonly #epochs = new WeakMap<MirrorConnection, number>();
  readonly #settledEpochs = new WeakSet<MirrorConnection>();

  constructor(options: RecordApplierOptions) {
    this.#options = options;
  }

  /** Throws `MirrorFaultError`; then no record was changed. */
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

  /** With the source's columns: a backup that lacks one must refuse the record rather than drop the value. */
  async shape(source: MirrorConnection, model: string): Promise<RecordShape> {
    const known = this.#shapes.get(model);
    if (known !== undefined) return known;
    const mirrored = this.#options.models.find((candidate) => candidate.model === model);
    if (mirrored === undefined) throw new MirrorFaultError('record', `${model} is not a mirrored model`);
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
   * Once per source: if the backup holds records of an older epoch, those applied shortly before its end are read again, because their
   * last changes may not have survived. Returns their number.
   */
  async settleEpoch(source: MirrorConnection): Promise<number> {
    if (this.#settledEpochs.has(source)) return 0;
    const { backup, timeoutMs } = this.#options;
    const epoch = await this.epoch(source);
    const known = await backup.use(timeoutMs, latestEpoch);
    if (known !== epoch)
      await backup.transaction(timeoutMs, 'EACH_STATEMENT', (connection) => enterEpoch(connection, epoch));
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

  /** Cached knowledge may be the reason for the failure. */
  #doubt(source: MirrorConnection, error: unknown): void {
    if (!(error instanceof MirrorFaultError)) return;
    if (error.kind === 'schema') this.#shapes.clear();
    if (error.kind === 'record') return;
    this.forget(source);
  }

  /** Forgets everything about this source. */
  forget(source: MirrorConnection): void {
    this.#epochs.delete(source);
    this.#settledEpochs.delete(source);
  }
}
