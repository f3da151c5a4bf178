/**
 * Finds writes to mirrored tables that bypassed the outbox (by hand, or by another program): each step compares one range of records,
 * repairs what differs, and moves on; after the last range it starts again.
 */
import type { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import type { MirroredModel } from '../database/mirror/mirrored-tables.ts';
import { compareRecords } from '../database/mirror/record-comparison.ts';
import type { Logger } from '../platform/log.ts';
import type { RecordApplier } from './record-applier.ts';
import { differenceOf } from './record-difference.ts';
import type { SourceLink } from './source-link.ts';
import { findSuspects, rangeEnd } from './verify.ts';

const recordsPerStep = 1000;
/** More differences than this are not stray writes: run `backup repair` under supervision. */
const recordsPerRepair = 100;

export type RollingCheckOptions = {
  readonly models: readonly MirroredModel[];
  readonly backup: MirrorConnection;
  readonly applier: RecordApplier;
  readonly timeoutMs: number;
  readonly log: Logger;
};

export class RollingCheck {
  readonly #options: RollingCheckOptions;
  #model = 0;
  #after: string | null = null;

  constructor(options: RollingCheckOptions) {
    this.#options = options;
  }

  /** Returns the number of records that differed and were repaired. Throws `MirrorFaultError`. */
  async next({ connection: source }: SourceLink): Promise<number> {
    const { models, backup, applier, timeoutMs, log } = this.#options;
    const model = models[this.#model % models.length]?.model;
    if (model === undefined) return 0;
    const shape = await applier.shape(source, model);
    const epoch = await applier.epoch(source);
    const sides = { source, backup, timeoutMs };
    const range = { after: this.#after, upTo: await rangeEnd(sides, shape, this.#after, recordsPerStep) };
    const suspects = await findSuspects(sides, shape, range, timeoutMs);
    const compared = await compareRecords({ ...sides, shape, epoch }, suspects.slice(0, recordsPerRepair));
    // Waiting and parked records are left to the worker.
    const wrong = compared.filter((record) => record.outbox === 'NONE' && differenceOf(shape, record) !== null);
    await applier.apply(
      source,
      model,
      wrong.map(({ key }) => ({ recordKey: key, outboxId: 0n })),
    );
    if (wrong.length > 0)
      log.warn({ model, records: wrong.length }, 'repaired records of the backup that differed from the source');
    this.#after = range.upTo;
    if (range.upTo === null) this.#model += 1;
    return wrong.length;
  }
}
