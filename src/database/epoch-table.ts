import type { Connection } from 'mariadb';
import type { EpochHistory, EpochRecord } from '../consistency/epoch.ts';
import { parsePosition } from '../consistency/parse-position.ts';
import type { Flavour } from '../consistency/position.ts';
import { rowsOf } from './server-connection.ts';
import { textOf } from './statements/server-statements.ts';

const noSuchTable = 1146;

/** The promotions that a server has recorded, `null` when it keeps no record. */
export async function readEpochs(connection: Connection, flavour: Flavour): Promise<EpochHistory | null> {
  try {
    const sql =
      'SELECT epoch, source_id AS sourceId, end_of_previous AS endOfPrevious FROM cluster_epochs ORDER BY epoch';
    return rowsOf(await connection.query(sql)).map((row) => ({
      epoch: Number(row.epoch),
      sourceId: textOf(row, 'sourceId'),
      endOfPrevious: row.endOfPrevious === null ? null : parsePosition(flavour, textOf(row, 'endOfPrevious')),
    }));
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === noSuchTable) return null;
    throw error;
  }
}

export async function insertEpoch(
  connection: Connection,
  { epoch, sourceId, endOfPrevious }: EpochRecord,
): Promise<void> {
  await connection.query('INSERT INTO cluster_epochs (epoch, source_id, end_of_previous) VALUES (?, ?, ?)', [
    epoch,
    sourceId,
    endOfPrevious?.format() ?? null,
  ]);
}
