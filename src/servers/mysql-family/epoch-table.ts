import type { EpochHistory, EpochRecord } from '../../consistency/epoch.ts';
import type { PositionKind } from '../../consistency/position-kind.ts';
import type { Connection } from '../connection.ts';
import type { EpochRecords } from '../flavour.ts';
import { rowsOf, textOf } from '../rows.ts';
import { familyFaults } from './faults.ts';

/** The number of the newest epoch on record, locked until the transaction ends; 0 for none. */
async function lockNewestEpoch(connection: Pick<Connection, 'query'>): Promise<number> {
  const sql = 'SELECT epoch FROM cluster_epochs ORDER BY epoch DESC LIMIT 1 FOR UPDATE';
  return Number(rowsOf(await connection.query(sql))[0]?.epoch ?? 0);
}

async function newestEpoch(connection: Pick<Connection, 'query'>): Promise<number | null> {
  try {
    const rows = rowsOf(await connection.query('SELECT MAX(epoch) AS epoch FROM cluster_epochs'));
    return Number(rows[0]?.epoch ?? 0);
  } catch (error) {
    if (error instanceof Error && familyFaults.isNoTable(error)) return null;
    throw error;
  }
}

/** The promotions that a server has recorded; `null` if it keeps no record. Rejects if it cannot be read. */
export async function readEpochs(connection: Connection, kind: PositionKind): Promise<EpochHistory | null> {
  try {
    const sql =
      "SELECT epoch, source_id AS sourceId, end_of_previous AS endOfPrevious, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', started_at) DIV 1000 AS startedAtMs FROM cluster_epochs ORDER BY epoch";
    return rowsOf(await connection.query(sql)).map((row) => ({
      epoch: Number(row.epoch),
      sourceId: textOf(row, 'sourceId'),
      endOfPrevious: row.endOfPrevious === null ? null : kind.parse(textOf(row, 'endOfPrevious')),
      startedAtMs: Number(row.startedAtMs),
    }));
  } catch (error) {
    if (error instanceof Error && familyFaults.isNoTable(error)) return null;
    throw error;
  }
}

/** Records the source of an epoch that has none on record. */
async function nameSourceOf(connection: Pick<Connection, 'query'>, epoch: number, sourceId: string): Promise<void> {
  await connection.query("UPDATE cluster_epochs SET source_id = ? WHERE epoch = ? AND COALESCE(source_id, '') = ''", [
    sourceId,
    epoch,
  ]);
}

/**
 * `nowMs`: by the clock of the process that records it, in milliseconds since the Unix epoch. The later of both clocks counts,
 * except for an epoch that was on record before, which keeps its start.
 */
export async function insertEpoch(
  connection: Pick<Connection, 'query'>,
  { epoch, sourceId, endOfPrevious, startedAtMs }: EpochRecord,
  nowMs = 0,
): Promise<void> {
  const given = "TIMESTAMPADD(MICROSECOND, ?, '1970-01-01 00:00:00.000')";
  const started = startedAtMs === undefined ? `GREATEST(UTC_TIMESTAMP(3), ${given})` : given;
  await connection.query(
    `INSERT INTO cluster_epochs (epoch, source_id, end_of_previous, started_at) VALUES (?, ?, ?, ${started})`,
    [epoch, sourceId, endOfPrevious?.line() ?? null, (startedAtMs ?? nowMs) * 1000],
  );
}

export const familyEpochs = (kind: PositionKind): EpochRecords => ({
  read: (connection) => readEpochs(connection, kind),
  begin: async (connection) => {
    await connection.query('START TRANSACTION');
  },
  newest: newestEpoch,
  lockNewest: lockNewestEpoch,
  nameSource: nameSourceOf,
  insert: insertEpoch,
});
