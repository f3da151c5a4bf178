import type { EpochHistory, EpochRecord } from '../../consistency/epoch.ts';
import type { Connection } from '../connection.ts';
import type { EpochRecords } from '../flavour.ts';
import { rowsOf, textOf } from '../rows.ts';
import { postgresqlPositions } from './positions.ts';

type Asked = Pick<Connection, 'query'>;

/** Asked first: to name a table that is not there is an error, which would end the caller's transaction. */
async function isThere(connection: Asked): Promise<boolean> {
  const [row] = rowsOf(await connection.query("SELECT to_regclass('cluster_epochs') IS NOT NULL AS present"));
  return row?.present === true;
}

async function read(connection: Connection): Promise<EpochHistory | null> {
  if (!(await isThere(connection))) return null;
  const sql = `SELECT epoch, source_id, end_of_previous, floor(extract(epoch FROM started_at) * 1000)::bigint AS started
    FROM cluster_epochs ORDER BY epoch`;
  return rowsOf(await connection.query(sql)).map((row) => ({
    epoch: Number(row.epoch),
    sourceId: textOf(row, 'source_id'),
    endOfPrevious: row.end_of_previous === null ? null : postgresqlPositions.parse(textOf(row, 'end_of_previous')),
    startedAtMs: Number(row.started),
  }));
}

async function newest(connection: Asked): Promise<number | null> {
  if (!(await isThere(connection))) return null;
  const [row] = rowsOf(await connection.query('SELECT MAX(epoch) AS epoch FROM cluster_epochs'));
  return Number(row?.epoch ?? 0);
}

/**
 * `nowMs`: by the clock of the process that records it, in milliseconds since the Unix epoch. The later of both clocks counts, except
 * for an epoch that was on record before, which keeps its start.
 */
async function insert(
  connection: Asked,
  { epoch, sourceId, endOfPrevious, startedAtMs }: EpochRecord,
  nowMs = 0,
): Promise<void> {
  const given = 'to_timestamp(?::float8 / 1000)';
  const started = startedAtMs === undefined ? `GREATEST(clock_timestamp(), ${given})` : given;
  await connection.query(
    `INSERT INTO cluster_epochs (epoch, source_id, end_of_previous, started_at) VALUES (?, ?, ?, ${started})`,
    [epoch, sourceId, endOfPrevious?.line() ?? null, startedAtMs ?? nowMs],
  );
}

export const postgresqlEpochs: EpochRecords = {
  read,
  begin: async (connection) => {
    await connection.query('BEGIN');
  },
  newest,
  lockNewest: async (connection) => {
    const sql = 'SELECT epoch FROM cluster_epochs ORDER BY epoch DESC LIMIT 1 FOR UPDATE';
    return Number(rowsOf(await connection.query(sql))[0]?.epoch ?? 0);
  },
  nameSource: async (connection, epoch, sourceId) => {
    await connection.query("UPDATE cluster_epochs SET source_id = ? WHERE epoch = ? AND COALESCE(source_id, '') = ''", [
      sourceId,
      epoch,
    ]);
  },
  insert,
};
