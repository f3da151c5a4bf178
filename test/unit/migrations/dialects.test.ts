/** Each dialect has its own Prisma schema and migrations: all are about the same tables. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ourMigrations } from '../../../src/database/orders/our-migrations.ts';

const foldersOf = (directory: string) =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const scriptsOf = (directory: string) =>
  foldersOf(directory).map((name) => readFileSync(join(directory, name, 'migration.sql'), 'utf8'));

/** Tables and the names of their columns, in order. */
function tablesOf(scripts: readonly string[]): Record<string, string[]> {
  const tables: Record<string, string[]> = {};
  for (const [, table = '', body = ''] of scripts.join('\n').matchAll(/CREATE TABLE `?(\w+)`? \((.*?)\n\)/gs)) {
    const lines = body.split('\n').map((line) => line.trim());
    const columns = lines.filter((line) => !/^(?:PRIMARY|UNIQUE|KEY|CONSTRAINT)\b/.test(line));
    tables[table] = columns.map((line) => /^`?(\w+)/.exec(line)?.[1] ?? '').filter((column) => column !== '');
  }
  return tables;
}

const indexesOf = (scripts: readonly string[]) =>
  [...scripts.join('\n').matchAll(/(?:KEY `(\w+)` \(|INDEX (\w+) ON)/g)].map(([, a, b]) => a ?? b).sort();

/** The models of a schema without what only one dialect has: types of columns, and names of enums. */
function modelsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^(?:generator|datasource) [\s\S]*?^\}/gm, '');
  return text
    .replaceAll(/ @db\.\w+(?:\([^)]*\))?/g, '')
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
    .filter((line) => line !== '' && !line.startsWith('//') && line !== '@@map("order_status")');
}

describe('the dialects', () => {
  it('have the same models, fields and indexes', () => {
    const models = modelsOf('prisma/orders/schema.prisma');
    expect(models.filter((line) => /^model \w+ {$/.test(line))).toHaveLength(4);
    expect(modelsOf('prisma/postgresql/orders/schema.prisma')).toEqual(models);
  });

  it.each(['orders', 'backup'] as const)('have the same migrations of the same tables: %s', (database) => {
    const folder = ourMigrations(database);
    const [mysql, postgresql] = [folder('mysql'), folder('postgresql')];
    expect(foldersOf(postgresql)).toEqual(foldersOf(mysql));
    const tables = tablesOf(scriptsOf(mysql));
    expect(Object.keys(tables).length).toBeGreaterThan(3);
    expect(tables.orders).toHaveLength(11);
    expect(tablesOf(scriptsOf(postgresql))).toEqual(tables);
    expect(indexesOf(scriptsOf(mysql)).length).toBeGreaterThan(8);
    expect(indexesOf(scriptsOf(postgresql))).toEqual(indexesOf(scriptsOf(mysql)));
  });
});
