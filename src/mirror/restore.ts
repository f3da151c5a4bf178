/**
 * Rebuilds the mirrored tables of a database from the backup, range by range, each in one transaction. Equal ranges are skipped, so an
 * interrupted restore continues where it stopped when it is started again.
 */
import { latestEpoch } from '../database/mirror/checkpoints.ts';
import type { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { beginRestoredEpoch } from '../database/mirror/mirror-facts.ts';
import { type MirroredModel, type RecordShape, readShape } from '../database/mirror/mirrored-tables.ts';
import { readRange, replaceRange } from '../database/mirror/range-copy.ts';
import { countRecords, digestOfRange, endOfRange, type KeyRange } from '../database/mirror/table-digests.ts';
import { TidemarkError } from '../errors.ts';

export type RestoreOptions = {
  readonly models: readonly MirroredModel[];
  readonly backup: MirrorConnection;
  readonly target: MirrorConnection;
  /** Whether existing records in the target may be replaced and deleted. */
  readonly overwrite: boolean;
  readonly timeoutMs: number;
  readonly recordsPerRange?: number;
  readonly progress: (records: number, of: number) => void;
};

export type RestoreReport = {
  readonly records: number;
  readonly copied: number;
  /** The epoch that begins with the restore, `null` if epochs are not recorded or nothing was copied. */
  readonly epoch: number | null;
};

/** The target has records, and replacing them was not allowed. */
export class TargetNotEmptyError extends TidemarkError {
  readonly code = 'TARGET_NOT_EMPTY';
  readonly retryable = false;

  constructor(table: string, records: number) {
    super(`${table} has ${records} records already. Pass --yes to replace them with those of the backup`, {
      facts: { table, records },
    });
  }
}

const defaultRange = 1000;

/** Throws `TargetNotEmptyError` and `MirrorFaultError`. */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const { models, backup, target, timeoutMs } = options;
  const shapes: RecordShape[] = [];
  for (const model of models) shapes.push(await target.use(timeoutMs, (connection) => readShape(connection, model)));
  if (!options.overwrite) for (const shape of shapes) await refuseRecords(options, shape);
  let [records, copied] = [0, 0];
  for (const shape of shapes) {
    const done = await restoreModel(options, shape);
    records += done.records;
    copied += done.copied;
  }
  if (copied === 0) return { records, copied, epoch: null };
  const last = (await backup.use(timeoutMs, latestEpoch)) ?? 0;
  const epoch = await target.transaction(timeoutMs, 'EACH_STATEMENT', (connection) =>
    beginRestoredEpoch(connection, last),
  );
  return { records, copied, epoch };
}

async function refuseRecords({ target, timeoutMs }: RestoreOptions, shape: RecordShape): Promise<void> {
  const found = await target.use(timeoutMs, (connection) => countRecords(connection, shape));
  if (found > 0) throw new TargetNotEmptyError(shape.root.table, found);
}

async function restoreModel(options: RestoreOptions, shape: RecordShape): Promise<{ records: number; copied: number }> {
  const { backup, timeoutMs, recordsPerRange = defaultRange, progress } = options;
  const records = await backup.use(timeoutMs, (connection) => countRecords(connection, shape));
  let copied = 0;
  let after: string | null = null;
  for (let done = 0; ; done += recordsPerRange) {
    const from: string | null = after;
    const upTo: string | null = await backup.use(timeoutMs, (connection) =>
      endOfRange(connection, shape, from, recordsPerRange),
    );
    copied += await restoreRange(options, shape, { after: from, upTo });
    progress(Math.min(done + recordsPerRange, records), records);
    if (upTo === null) return { records, copied };
    after = upTo;
  }
}

/** Returns the number of records copied. */
async function restoreRange(options: RestoreOptions, shape: RecordShape, range: KeyRange): Promise<number> {
  const { backup, target, timeoutMs } = options;
  const digest = (side: MirrorConnection) =>
    side.use(timeoutMs, (connection) => digestOfRange(connection, shape, range));
  const [wanted, present] = await Promise.all([digest(backup), digest(target)]);
  if (wanted === present) return 0;
  const rows = await backup.transaction(timeoutMs, 'ONE_MOMENT', (connection) => readRange(connection, shape, range));
  await target.transaction(timeoutMs, 'EACH_STATEMENT', (connection) => replaceRange(connection, shape, range, rows));
  return rows[0]?.length ?? 0;
}
