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
export async function purgeKeys(connection: SqlConnection, { before, limit }: KeyPurgeRequest): Promise<number | null> {
  const name = "CONCAT('tidemark.keys.', LEFT(SHA2(DATABASE(), 256), 32))";
  const [lock]: { taken: unknown }[] = await connection.query(`SELECT GET_LOCK(${name}, 0) AS taken`);
  if (Number(lock?.taken) !== 1) return null;
  try {
    const moment = before.toISOString().replace('T', ' ').replace('Z', '');
    const { affectedRows } = await connection.query<{ affectedRows: number }>(
      'DELETE FROM idempotency_keys WHERE created_at < ? AND position IS NOT NULL ORDER BY created_at LIMIT ?',
      [moment, limit],
    );
    return Number(affectedRows);
  } finally {
    await connection.query(`SELECT RELEASE_LOCK(${name})`);
  }
}
