import type { ServerClaim } from '../../cluster/cluster-identity.ts';
import { isNoTable } from '../../servers/faults.ts';
import type { Flavour } from '../../servers/flavour.ts';
import { rowsOf, textOf } from '../../servers/rows.ts';
import type { SqlConnection } from './on-source.ts';

/** Which cluster each server belongs to; `null` when the table is missing. */
export async function readClaims(connection: SqlConnection): Promise<readonly ServerClaim[] | null> {
  try {
    const rows = rowsOf(await connection.query('SELECT server, cluster FROM cluster_servers'));
    return rows.map((row) => ({ server: textOf(row, 'server'), cluster: textOf(row, 'cluster') }));
  } catch (error) {
    if (isNoTable(error)) return null;
    throw error;
  }
}

/** The first claim stays: a server belongs to one cluster. */
export async function claimServers(
  connection: SqlConnection,
  { tables }: Pick<Flavour, 'tables'>,
  servers: readonly string[],
  cluster: string,
): Promise<void> {
  if (servers.length === 0) return;
  const rows = servers.map((server) => [server, cluster]);
  await tables.insertMissing(connection, 'cluster_servers', ['server', 'cluster'], rows);
}
