/**
 * The record of what was applied, kept the way Prisma keeps it, so that `prisma migrate deploy` and this runner can take
 * turns on one database. A row means:
 *
 *   finished_at set                         applied
 *   finished_at null, rolled_back_at null   failed or interrupted: blocks everything until it is settled
 *   rolled_back_at set                      undone by hand; does not count
 */
import { randomUUID } from 'node:crypto';
import type { Connection } from '../../servers/connection.ts';
import { isNoTable } from '../../servers/faults.ts';

export type MigrationRow = {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly state: 'applied' | 'failed' | 'rolled-back';
  readonly appliedSteps: number;
  readonly logs: string | null;
};

export async function readMigrationRows(connection: Connection): Promise<MigrationRow[]> {
  try {
    const rows: Record<string, unknown>[] = await connection.query(
      `SELECT id, migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS rolled_back,
        applied_steps_count, logs FROM _prisma_migrations ORDER BY started_at, id`,
    );
    return rows.map((row) => ({
      id: String(row.id),
      name: String(row.migration_name),
      checksum: String(row.checksum),
      state: Number(row.rolled_back) === 1 ? 'rolled-back' : Number(row.finished) === 1 ? 'applied' : 'failed',
      appliedSteps: Number(row.applied_steps_count),
      logs: row.logs === null ? null : String(row.logs),
    }));
  } catch (error) {
    if (isNoTable(error)) return [];
    throw error;
  }
}

export async function recordStart(connection: Connection, name: string, checksum: string): Promise<string> {
  const id = randomUUID();
  await connection.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES (?, ?, ?, CURRENT_TIMESTAMP(3))',
    [id, checksum, name],
  );
  return id;
}

export async function recordSteps(connection: Connection, id: string, appliedSteps: number): Promise<void> {
  await connection.query('UPDATE _prisma_migrations SET applied_steps_count = ? WHERE id = ?', [appliedSteps, id]);
}

export async function recordFinish(connection: Connection, id: string, appliedSteps: number): Promise<void> {
  await connection.query(
    'UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = ? WHERE id = ?',
    [appliedSteps, id],
  );
}

export async function recordFailure(connection: Connection, id: string, logs: string): Promise<void> {
  await connection.query('UPDATE _prisma_migrations SET logs = ? WHERE id = ?', [logs, id]);
}

export async function recordRollback(connection: Connection, id: string): Promise<void> {
  await connection.query('UPDATE _prisma_migrations SET rolled_back_at = CURRENT_TIMESTAMP(3) WHERE id = ?', [id]);
}
