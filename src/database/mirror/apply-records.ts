/**
 * Applies records to the backup, as the source has them at that moment.
 *
 * One transaction on the backup: lock the checkpoints of the records, and only then read the records from the source, in
 * one snapshot; write them; commit. So applications of one record are serialised, and each reads the source later
 * than the one before it: however slow or dead a worker is, and in whatever order outbox entries became visible, an older
 * state never overwrites a newer one. Comparing the numbers of outbox entries could not guarantee that: a number is assigned
 * before its transaction commits, and after a failover that lost writes it is assigned again.
 *
 * The epoch is read in the same snapshot: a source that was replaced, and does not know it yet, is refused.
 */
import type { Connection } from '../../servers/connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { RecordToApply } from '../../servers/mirror-side.ts';
import { enterEpoch, lockCheckpoints } from './checkpoints.ts';
import type { MirrorConnection } from './mirror-connection.ts';
import { MirrorFaultError } from './mirror-fault.ts';
import type { RecordShape } from './mirrored-tables.ts';
import { type RecordState, readRecords, writeRecords } from './record-rows.ts';

export type MirrorSides = { readonly source: MirrorConnection; readonly backup: MirrorConnection };

export type ApplyRequest = MirrorSides & {
  readonly shape: RecordShape;
  readonly records: readonly RecordToApply[];
  /** The last known epoch of the source. Another one in the snapshot is a `busy` fault: retry. */
  readonly epoch: number;
  readonly timeoutMs: number;
};

/** Throws `MirrorFaultError`; then nothing of it was applied. */
export async function applyRecords(request: ApplyRequest): Promise<void> {
  const { source, backup, shape, records, epoch, timeoutMs } = request;
  if (records.length === 0) return;
  const keys = records.map(({ recordKey }) => recordKey);
  await backup.transaction(timeoutMs, 'EACH_STATEMENT', async (connection) => {
    await lockCheckpoints(connection, shape.model, epoch, records);
    const states = await source.transaction(timeoutMs, 'ONE_MOMENT', (reading) =>
      readAtEpoch(reading, shape, keys, epoch),
    );
    await enterEpoch(connection, epoch);
    await writeRecords(connection, shape, states);
  });
}

export async function readAtEpoch(
  connection: Connection,
  shape: RecordShape,
  keys: readonly string[],
  epoch: number,
): Promise<RecordState[]> {
  const now = await sourceEpoch(connection);
  if (now !== epoch) throw new MirrorFaultError('busy', `the source is of epoch ${now}, not ${epoch}`);
  return readRecords(connection, shape, keys);
}

/** The history that a server is of; 1 where no record of promotions is kept. */
export async function sourceEpoch(connection: Connection): Promise<number> {
  return (await flavourOf(connection).epochs.newest(connection)) || 1;
}
