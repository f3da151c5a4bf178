import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableMigrationError } from './migration-errors.ts';

export type MigrationFile = {
  /** `<stamp>_<name>`, the folder's name; migrations run in the order of their names. */
  readonly name: string;
  readonly script: string;
};

/** All migrations of a directory laid out as Prisma does it: `<stamp>_<name>/migration.sql`. */
export async function readMigrationFiles(directory: string): Promise<MigrationFile[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw new UnreadableMigrationError(directory, 'is no folder of migrations', error);
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(directory, name, 'migration.sql'), 'utf8').catch((error: unknown) => {
        throw new UnreadableMigrationError(name, 'has no readable migration.sql', error);
      });
      return { name, script };
    }),
  );
}

/** As Prisma does it: SHA-256 of the whole file, in hex. */
export function checksumOf(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

/** Line endings may differ between checkouts of one file. */
export function matchesChecksum(script: string, checksum: string): boolean {
  const unix = script.replaceAll('\r\n', '\n');
  return [script, unix, unix.replaceAll('\n', '\r\n')].some((text) => checksumOf(text) === checksum);
}
