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

/** A statement failed outside of a transaction, so the statements before it stay. Nothing is applied until this is settled. */
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

/** A statement failed in the transaction of its migration: nothing of it stays, its record included, and nothing is to be settled. */
export class RolledBackMigrationError extends TidemarkError {
  readonly code = 'MIGRATION_ROLLED_BACK';
  readonly retryable: boolean;

  /** `isUnknown`: the answer to COMMIT was lost. */
  constructor(failure: { migration: string; failedStep: number; isUnknown: boolean; reason: string }, cause?: unknown) {
    const { migration, failedStep, isUnknown, reason } = failure;
    super(
      isUnknown
        ? `Migration ${migration} was applied whole or not at all: the connection was lost while it was committed (${reason}). Migrate again`
        : `Migration ${migration} failed at its statement ${failedStep} and was rolled back: ${reason}\nNothing of it was applied. Correct the file and migrate again`,
      { facts: { migration, failedStep, isUnknown, reason }, cause },
    );
    this.retryable = isUnknown;
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
