/**
 * Applies plain SQL migrations, forward only, one process at a time. A migration that was applied never changes. A failed one
 * stops everything until an operator has checked what it left behind, because DDL cannot be rolled back.
 */
import type { Connection } from '../../servers/connection.ts';
import { openDirectConnection } from '../../servers/direct-connection.ts';
import { isDriverError, sentenceOf } from '../../servers/faults.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { type MigrationQuestions, UnreadableScriptError } from '../../servers/migration-questions.ts';
import {
  EditedMigrationError,
  FailedMigrationError,
  MigrationsLockedError,
  NoFailedMigrationError,
  UnreadableMigrationError,
} from './migration-errors.ts';
import { checksumOf, type MigrationFile, matchesChecksum, readMigrationFiles } from './migration-files.ts';
import {
  type MigrationRow,
  readMigrationRows,
  recordFailure,
  recordFinish,
  recordRollback,
  recordStart,
  recordSteps,
} from './migration-table.ts';

export type MigrateOptions = {
  /** Of the source, for an account that may change the schema. */
  readonly url: string;
  /** Folder of `<stamp>_<name>/migration.sql`. */
  readonly directory: string;
  readonly log: (line: string) => void;
  /** How long to wait for another process that migrates the same server. Default: 60 s. */
  readonly lockTimeoutMs?: number;
  /** How long the server may take to answer at all. Default: 5 s. */
  readonly connectTimeoutMs?: number;
};

export type MigrationStatus = {
  readonly name: string;
  /** `unknown`: applied here, but its file is gone; an older release than the one that applied it is asking. */
  readonly state: 'applied' | 'pending' | 'failed' | 'edited' | 'unknown';
};

/**
 * Applies pending migrations and returns their names. Throws `DatabaseUnreachableError`, `MigrationsLockedError`,
 * `EditedMigrationError`, `FailedMigrationError` or `UnreadableMigrationError`.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const files = await readMigrationFiles(options.directory);
  return locked(options, async (connection, questions) => {
    await questions.createRecord(connection);
    const applied: string[] = [];
    for (const file of pendingFiles(files, await readMigrationRows(connection))) {
      await apply(connection, questions, file);
      applied.push(file.name);
      options.log(`applied ${file.name}`);
    }
    return { applied };
  });
}

/** Applied and pending migrations, in order. Changes nothing and takes no lock. */
export async function migrationStatus(options: Pick<MigrateOptions, 'url' | 'directory'>): Promise<MigrationStatus[]> {
  const files = await readMigrationFiles(options.directory);
  const connection = await openDirectConnection(options.url);
  try {
    const rows = standing(await readMigrationRows(connection));
    const names = [...new Set([...files.map((file) => file.name), ...rows.map((row) => row.name)])].sort();
    return names.map((name) => {
      const file = files.find((candidate) => candidate.name === name);
      const row = rows.find((candidate) => candidate.name === name);
      return { name, state: stateOf(file, row) };
    });
  } finally {
    await connection.end();
  }
}

/** Settles a failed migration after its leftovers were repaired by hand: marks it as applied, or lets it run again. */
export async function settleMigration(
  options: MigrateOptions,
  name: string,
  outcome: 'applied' | 'rolled-back',
): Promise<void> {
  const file = (await readMigrationFiles(options.directory)).find((candidate) => candidate.name === name);
  await locked(options, async (connection, questions) => {
    const failed = (await readMigrationRows(connection)).find((row) => row.name === name && row.state === 'failed');
    if (failed === undefined || file === undefined) throw new NoFailedMigrationError(name);
    if (outcome === 'applied') {
      const steps = stepsOf(questions, file).length;
      await recordFinish(connection, await recordStart(connection, name, checksumOf(file.script)), steps);
    }
    await recordRollback(connection, failed.id);
  });
}

function stateOf(file: MigrationFile | undefined, row: MigrationRow | undefined): MigrationStatus['state'] {
  if (row === undefined) return 'pending';
  if (row.state === 'failed') return 'failed';
  if (file === undefined) return 'unknown';
  return matchesChecksum(file.script, row.checksum) ? 'applied' : 'edited';
}

function pendingFiles(files: readonly MigrationFile[], rows: readonly MigrationRow[]): MigrationFile[] {
  const counted = standing(rows);
  const failed = counted.find((row) => row.state === 'failed');
  if (failed !== undefined) {
    const reason = failed.logs ?? 'it was cut off before it ended';
    throw new FailedMigrationError({ migration: failed.name, appliedSteps: failed.appliedSteps, reason });
  }
  return files.filter((file) => {
    const state = stateOf(
      file,
      counted.find((row) => row.name === file.name),
    );
    if (state === 'edited') throw new EditedMigrationError(file.name);
    return state === 'pending';
  });
}

const standing = (rows: readonly MigrationRow[]) => rows.filter((row) => row.state !== 'rolled-back');

function stepsOf(questions: MigrationQuestions, { name, script }: MigrationFile): readonly string[] {
  try {
    return questions.steps(script);
  } catch (error) {
    if (error instanceof UnreadableScriptError) throw new UnreadableMigrationError(name, error.message, error);
    throw error;
  }
}

async function apply(connection: Connection, questions: MigrationQuestions, file: MigrationFile): Promise<void> {
  const { name, script } = file;
  const statements = stepsOf(questions, file);
  const id = await recordStart(connection, name, checksumOf(script));
  let appliedSteps = 0;
  try {
    for (const statement of statements) {
      await connection.query(statement);
      appliedSteps += 1;
      await recordSteps(connection, id, appliedSteps);
    }
  } catch (error) {
    const reason =
      sentenceOf(error) ?? (isDriverError(error) && error instanceof Error ? error.message : String(error));
    // Without a connection nothing can be recorded; the row that was started is enough.
    await recordFailure(connection, id, reason).catch(() => undefined);
    throw new FailedMigrationError({ migration: name, appliedSteps, reason }, error);
  }
  await recordFinish(connection, id, appliedSteps);
}

/** Prisma takes the same lock, so the two never migrate at once. The server frees it when the connection ends. */
async function locked<T>(
  options: MigrateOptions,
  work: (connection: Connection, questions: MigrationQuestions) => Promise<T>,
): Promise<T> {
  const timeoutMs = options.lockTimeoutMs ?? 60_000;
  const connection = await openDirectConnection(options.url, options);
  try {
    const { name, migrations } = flavourOf(connection);
    if (migrations === null) throw new Error(`Servers of the kind ${name} have no schema that migrations change`);
    if (!(await migrations.lock(connection, timeoutMs))) throw new MigrationsLockedError(timeoutMs);
    return await work(connection, migrations);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}
