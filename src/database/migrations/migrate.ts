/**
 * Applies plain SQL migrations, forward only, one process at a time. A migration that was applied never changes. Where DDL cannot
 * be rolled back, a failed one stops everything until an operator has checked what it left behind.
 */
import type { Connection } from '../../servers/connection.ts';
import { openDirectConnection } from '../../servers/direct-connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { MigrationDialect, MigrationQuestions } from '../../servers/migration-questions.ts';
import { applyMigration, stepsOf } from './apply-migration.ts';
import {
  EditedMigrationError,
  FailedMigrationError,
  MigrationsLockedError,
  NoFailedMigrationError,
} from './migration-errors.ts';
import { checksumOf, type MigrationFile, matchesChecksum, readMigrationFiles } from './migration-files.ts';
import { type MigrationRow, readMigrationRows, recordFinish, recordRollback, recordStart } from './migration-table.ts';

export type MigrateOptions = {
  /** Of the source, for an account that may change the schema. */
  readonly url: string;
  /** Folder of `<stamp>_<name>/migration.sql`; as a function, the folder for servers of this dialect. */
  readonly directory: string | ((dialect: MigrationDialect) => string);
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
  return locked(options, async (connection, questions) => {
    const files = await filesFor(options, questions);
    await questions.createRecord(connection);
    const applied: string[] = [];
    for (const file of pendingFiles(files, await readMigrationRows(connection))) {
      await applyMigration(connection, questions, file);
      applied.push(file.name);
      options.log(`applied ${file.name}`);
    }
    return { applied };
  });
}

/** Applied and pending migrations, in order. Changes nothing and takes no lock. */
export async function migrationStatus(options: Pick<MigrateOptions, 'url' | 'directory'>): Promise<MigrationStatus[]> {
  const connection = await openDirectConnection(options.url);
  try {
    const files = await filesFor(options, migrationsOf(connection));
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
  await locked(options, async (connection, questions) => {
    const file = (await filesFor(options, questions)).find((candidate) => candidate.name === name);
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

/** Prisma takes the same lock, so the two never migrate at once. The server frees it when the connection ends. */
async function locked<T>(
  options: MigrateOptions,
  work: (connection: Connection, questions: MigrationQuestions) => Promise<T>,
): Promise<T> {
  const timeoutMs = options.lockTimeoutMs ?? 60_000;
  const connection = await openDirectConnection(options.url, options);
  try {
    const migrations = migrationsOf(connection);
    if (!(await migrations.lock(connection, timeoutMs))) throw new MigrationsLockedError(timeoutMs);
    return await work(connection, migrations);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

function migrationsOf(connection: Connection): MigrationQuestions {
  const { name, migrations } = flavourOf(connection);
  if (migrations === null) throw new Error(`Servers of the kind ${name} have no schema that migrations change`);
  return migrations;
}

const filesFor = ({ directory }: Pick<MigrateOptions, 'directory'>, { dialect }: MigrationQuestions) =>
  readMigrationFiles(typeof directory === 'string' ? directory : directory(dialect));
