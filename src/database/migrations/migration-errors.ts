import { TidemarkError } from '../../errors.ts';
import { commandLine } from '../../platform/command-line.ts';

/** A migration file that cannot be run. */
export class UnreadableMigrationError extends TidemarkError {
  readonly code = 'MIGRATION_UNREADABLE';
  readonly retryable = false;

  constructor(migration: string, fault: string, cause?: unknown) {
    super(`Migration ${migration} ${fault}`, { facts: { migration, fault }, cause });
  }
}

/** A migration that was applied reads differently now. Migrations only go forward: undo the edit and write a new one. */
export class EditedMigrationError extends TidemarkError {
  readonly code = 'MIGRATION_EDITED';
  readonly retryable = false;

  constructor(migration: string) {
    super(
      `Migration ${migration} was edited after it had been applied. Restore the file and put the change into a new migration`,
      { facts: { migration } },
    );
  }
}

/** A statement failed. DDL cannot be rolled back, so the statements before it stay. Nothing is applied until this is settled. */
export class FailedMigrationError extends TidemarkError {
  readonly code = 'MIGRATION_FAILED';
  readonly retryable = false;

  constructor(failure: { migration: string; appliedSteps: number; reason: string }, cause?: unknown) {
    const { migration, appliedSteps, reason } = failure;
    super(
      `Migration ${migration} failed after ${appliedSteps} of its statements: ${reason}\n` +
        'Check the database, then choose how to continue:\n' +
        `  undone by hand, run it again:   ${commandLine('migrate', `--rolled-back ${migration}`)}\n` +
        `  completed by hand, count it in: ${commandLine('migrate', `--applied ${migration}`)}`,
      { facts: { migration, appliedSteps, reason }, cause },
    );
  }
}

/** Another process is migrating this server and did not finish in time. */
export class MigrationsLockedError extends TidemarkError {
  readonly code = 'MIGRATIONS_LOCKED';
  readonly retryable = true;

  constructor(waitedMs: number) {
    super(`Another process is migrating; gave up after ${waitedMs} ms`, { facts: { waitedMs } });
  }
}

/** The migration to be settled did not fail, or does not exist. */
export class NoFailedMigrationError extends TidemarkError {
  readonly code = 'NO_FAILED_MIGRATION';
  readonly retryable = false;

  constructor(migration: string) {
    super(`There is no failed migration ${migration} to settle`, { facts: { migration } });
  }
}
