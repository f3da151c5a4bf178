/** Where our own migrations are: a folder for each dialect. A test sees to it that all have the same migrations. */
import { fileURLToPath } from 'node:url';
import type { MigrationDialect } from '../../servers/migration-questions.ts';

const folders: Readonly<Record<MigrationDialect, string>> = {
  mysql: '../../../prisma',
  postgresql: '../../../prisma/postgresql',
};

/** `orders`: of the source and what replicates from it. */
export type MigratedDatabase = 'orders' | 'backup';

/** For `migrate`, which knows the dialect when it has connected. */
export function ourMigrations(database: MigratedDatabase): (dialect: MigrationDialect) => string {
  return (dialect) => fileURLToPath(new URL(`${folders[dialect]}/${database}/migrations`, import.meta.url));
}
