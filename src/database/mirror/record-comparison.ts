/**
 * Compares records exactly while writes continue: with their checkpoints locked on the backup nothing is applied, so if
 * the source's snapshot has no outbox entry for a record, the backup must hold what that snapshot holds. A record with
 * an entry cannot be judged yet.
 */
import type { Connection } from '../../servers/connection.ts';
import { type MirrorSides, readAtEpoch } from './apply-records.ts';
import { lockCheckpoints } from './checkpoints.ts';
import { sideOf } from './mirror-connection.ts';
import { places, type RecordShape } from './mirrored-tables.ts';
import { type RecordState, readRecords } from './record-rows.ts';

export type ComparedRecord = {
  readonly key: string;
  readonly source: RecordState;
  readonly backup: RecordState;
  /** Entries that wait for the record: it may rightly differ. `PARKED` when one was given up. */
  readonly outbox: 'NONE' | 'WAITING' | 'PARKED';
};

export async function compareRecords(
  { source, backup, shape, epoch, timeoutMs }: MirrorSides & { shape: RecordShape; epoch: number; timeoutMs: number },
  keys: readonly string[],
): Promise<ComparedRecord[]> {
  if (keys.length === 0) return [];
  const records = keys.map((recordKey) => ({ recordKey, outboxId: 0n }));
  return backup.use(timeoutMs, async (connection) => {
    await sideOf(connection).begin(connection, 'EACH_STATEMENT');
    try {
      await lockCheckpoints(connection, shape.model, epoch, records);
      const there = await source.transaction(timeoutMs, 'ONE_MOMENT', async (reading) => ({
        states: await readAtEpoch(reading, shape, keys, epoch),
        waiting: await waitingEntries(reading, shape.model, keys),
      }));
      const here = await readRecords(connection, shape, keys);
      return there.states.flatMap((state, index) => {
        const own = here[index];
        const outbox = there.waiting.get(state.key) ?? 'NONE';
        return own === undefined ? [] : [{ key: state.key, source: state, backup: own, outbox }];
      });
    } finally {
      await connection.query('ROLLBACK');
    }
  });
}

async function waitingEntries(
  connection: Connection,
  model: string,
  keys: readonly string[],
): Promise<Map<string, 'WAITING' | 'PARKED'>> {
  const rows: { record_key: string; parked: unknown }[] = await connection.query(
    `SELECT record_key, COUNT(parked_at) AS parked FROM outbox
      WHERE model = ? AND record_key IN (${places(keys)}) GROUP BY record_key`,
    [model, ...keys],
  );
  return new Map(rows.map(({ record_key, parked }) => [record_key, Number(parked) > 0 ? 'PARKED' : 'WAITING']));
}
