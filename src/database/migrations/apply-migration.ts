/** Runs one migration and records it: in one transaction where the server can roll back DDL, else step by step. */
import type { Connection } from '../../servers/connection.ts';
import { faultOf, isDriverError, sentenceOf } from '../../servers/faults.ts';
import {
  type MigrationQuestions,
  type ScriptTransaction,
  UnreadableScriptError,
} from '../../servers/migration-questions.ts';
import { FailedMigrationError, RolledBackMigrationError, UnreadableMigrationError } from './migration-errors.ts';
import { checksumOf, type MigrationFile } from './migration-files.ts';
import { recordFailure, recordFinish, recordStart, recordSteps } from './migration-table.ts';

/** Throws `UnreadableMigrationError`. */
export function stepsOf(questions: MigrationQuestions, { name, script }: MigrationFile): readonly string[] {
  try {
    return questions.steps(script);
  } catch (error) {
    if (error instanceof UnreadableScriptError) throw new UnreadableMigrationError(name, error.message, error);
    throw error;
  }
}

/** Throws `UnreadableMigrationError`, `FailedMigrationError` or `RolledBackMigrationError`. */
export async function applyMigration(
  connection: Connection,
  questions: MigrationQuestions,
  file: MigrationFile,
): Promise<void> {
  const steps = stepsOf(questions, file);
  const { transaction } = questions;
  if (transaction?.holds(file.script)) await applyAtOnce(connection, transaction, file, steps);
  else await applyInSteps(connection, file, steps);
}

async function applyAtOnce(
  connection: Connection,
  { begin }: ScriptTransaction,
  { name, script }: MigrationFile,
  steps: readonly string[],
): Promise<void> {
  let done = 0;
  try {
    await connection.query(begin);
    const id = await recordStart(connection, name, checksumOf(script));
    for (const step of steps) {
      await connection.query(step);
      done += 1;
    }
    await recordFinish(connection, id, steps.length);
    done += 1;
    await connection.query('COMMIT');
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => undefined);
    // Only the answer to COMMIT can be lost with something done: the record then tells, as it was part of it.
    const isUnknown = done > steps.length && faultOf(error) === 'CONNECTION';
    const failedStep = Math.min(done + 1, steps.length);
    throw new RolledBackMigrationError({ migration: name, failedStep, isUnknown, reason: reasonOf(error) }, error);
  }
}

async function applyInSteps(
  connection: Connection,
  { name, script }: MigrationFile,
  steps: readonly string[],
): Promise<void> {
  const id = await recordStart(connection, name, checksumOf(script));
  let appliedSteps = 0;
  try {
    for (const step of steps) {
      await connection.query(step);
      appliedSteps += 1;
      await recordSteps(connection, id, appliedSteps);
    }
  } catch (error) {
    const reason = reasonOf(error);
    // Without a connection nothing can be recorded; the row that was started is enough.
    await recordFailure(connection, id, reason).catch(() => undefined);
    throw new FailedMigrationError({ migration: name, appliedSteps, reason }, error);
  }
  await recordFinish(connection, id, appliedSteps);
}

const reasonOf = (error: unknown): string =>
  sentenceOf(error) ?? (isDriverError(error) && error instanceof Error ? error.message : String(error));
