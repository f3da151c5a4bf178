import type { Flavour } from '../../servers/flavour.ts';
import { momentText } from '../clients/own-statements.ts';
import type { SqlConnection } from '../nodes/on-source.ts';

export type KeyPurgeRequest = {
  /** Keys that were claimed before this moment. */
  readonly before: Date;
  readonly limit: number;
};

/**
 * Deletes settled idempotency records, oldest first. One without its position is kept: its next replay has to settle
 * it. Returns the number deleted, `null` while another process is purging: the server's lock ends with its connection.
 */
export async function purgeKeys(
  connection: SqlConnection,
  { locks, tables }: Pick<Flavour, 'locks' | 'tables'>,
  { before, limit }: KeyPurgeRequest,
): Promise<number | null> {
  const condition = 'created_at < ? AND position IS NOT NULL';
  const rows = { table: 'idempotency_keys', condition, values: [momentText(before)], oldestBy: 'created_at', limit };
  return locks.alone(connection, 'tidemark.keys', () => tables.deleteOldest(connection, rows));
}
