import { type MigrationQuestions, UnreadableScriptError } from '../migration-questions.ts';
import { splitStatements } from './split-statements.ts';

/** The number that Prisma uses. */
const lock = 'SELECT pg_advisory_lock(72707369)';
/** The lock was not free in time. */
const lockNotAvailable = '55P03';

/** A line of a script that has statements which the server refuses in a transaction, as CREATE INDEX CONCURRENTLY. */
const withoutTransaction = /^--[ \t]*tidemark:[ \t]*no transaction[ \t]*\r?$/m;
const endsTransaction = /^(?:begin|start\s+transaction|commit|end|rollback(?!\s+to\b)|abort|prepare\s+transaction)\b/i;

export const postgresqlMigrations: MigrationQuestions = {
  dialect: 'postgresql',
  transaction: { holds: (script) => !withoutTransaction.test(script), begin: 'BEGIN' },
  lock: async (connection, timeoutMs) => {
    await connection.query(`SET lock_timeout = ${Math.max(1, Math.ceil(timeoutMs))}`);
    try {
      await connection.query(lock);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === lockNotAvailable) return false;
      throw error;
    }
    await connection.query('RESET lock_timeout');
    return true;
  },
  createRecord: async (connection) => {
    await connection.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum VARCHAR(64) NOT NULL,
      finished_at TIMESTAMPTZ,
      migration_name VARCHAR(255) NOT NULL,
      logs TEXT,
      rolled_back_at TIMESTAMPTZ,
      started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
      applied_steps_count INTEGER NOT NULL DEFAULT 0
    )`);
  },
  steps: (script) => {
    const statements = splitStatements(script);
    if (!withoutTransaction.test(script) && statements.some((statement) => endsTransaction.test(statement))) {
      throw new UnreadableScriptError(
        'begins or ends a transaction, although it runs in one: remove that, or add the line `-- tidemark: no transaction`',
      );
    }
    return statements;
  },
};
