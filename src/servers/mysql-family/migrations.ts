import type { MigrationQuestions } from '../migration-questions.ts';
import { rowsOf } from '../rows.ts';
import { splitStatements } from './split-statements.ts';

export const familyMigrations: MigrationQuestions = {
  dialect: 'mysql',
  transaction: null,
  // The name that Prisma uses.
  lock: async (connection, timeoutMs) => {
    const seconds = Math.ceil(timeoutMs / 1000);
    const [row] = rowsOf(await connection.query("SELECT GET_LOCK('prisma_migrate', ?) AS locked", [seconds]));
    return Number(row?.locked) === 1;
  },
  createRecord: async (connection) => {
    await connection.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum VARCHAR(64) NOT NULL,
      finished_at DATETIME(3),
      migration_name VARCHAR(255) NOT NULL,
      logs TEXT,
      rolled_back_at DATETIME(3),
      started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  },
  steps: splitStatements,
};
