import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { servedOrders } from '../../../src/orders/served-tables.ts';
import { expectedTables } from '../../support/prisma-schema.ts';

const schema = readFileSync(new URL('../../../prisma/orders/schema.prisma', import.meta.url), 'utf8');
const columnsByTable = new Map(
  expectedTables(schema).map(({ name, columns }) => [name, columns.map((column) => column.name)]),
);

// A server that lacks one of them cannot answer; one that is forgotten here would be found out by users.
test.each(servedOrders.tables)(
  'the columns of $table that are looked for are those of the schema',
  ({ table, columns }) => {
    expect([...columns].toSorted()).toEqual(columnsByTable.get(table)?.toSorted());
  },
);
