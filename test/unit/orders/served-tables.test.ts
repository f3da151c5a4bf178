import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { servedOrders } from '../../../src/orders/served-tables.ts';
import { expectedTables } from '../../support/prisma-schema.ts';

const schema = readFileSync(new URL('../../../prisma/orders/schema.prisma', import.meta.url), 'utf8');
const columnsByTable = new Map(
  expectedTables(schema).map(({ name, columns }) => [name, columns.map((column) => column.name)]),
);

// A server that lacks one of them cannot answer; one that is forgotten here would be found out by users.
const served = servedOrders({ hasBackup: true });

test.each(served.tables)('the columns of $table that are looked for are those of the schema', ({ table, columns }) => {
  expect([...columns].toSorted()).toEqual(columnsByTable.get(table)?.toSorted());
});

// Servers tell what is wrong of the others.
test.each(served.written.filter(({ table }) => columnsByTable.has(table)))(
  'what is written to $table is in the schema',
  ({ table, rights }) => {
    const columns = Object.values(rights).flatMap((need) => need.columns);
    expect(columns.length).toBeGreaterThan(0);
    expect(columnsByTable.get(table)).toEqual(expect.arrayContaining(columns));
  },
);

test('each table is written, and the outbox only for a backup', () => {
  const tables = (hasBackup: boolean) => servedOrders({ hasBackup }).written.map(({ table }) => table);
  const own = ['cluster_epochs', 'cluster_servers', 'commit_proofs'];
  expect(tables(true).toSorted()).toEqual([...columnsByTable.keys(), ...own].toSorted());
  expect(tables(false)).toEqual(tables(true).filter((table) => table !== 'outbox'));
});
