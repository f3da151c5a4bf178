/** On the servers of `TIDEMARK_TEST_FLAVOUR`: whoever adds a kind to the list runs it on that kind too. */
import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import type { MirroredModel } from '../../src/database/mirror/mirrored-tables.ts';
import type { Connection } from '../../src/servers/connection.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { flavours } from '../../src/servers/flavours.ts';
import { addressAt } from '../../src/servers/server-url.ts';
import { conforms } from '../support/conformance/conforms.ts';
import type { Stage } from '../support/conformance/stage.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { startTestCluster, testFlavour } from '../support/test-cluster.ts';

const mirrored: MirroredModel = {
  model: 'Part',
  table: 'parts',
  key: 'id',
  children: [{ table: 'part_lines', parentKey: 'part_id', key: ['line'] }],
};
const mirroredTables = [
  `CREATE TABLE parts (id BIGINT UNSIGNED PRIMARY KEY, label VARCHAR(80), data VARBINARY(80), amount DECIMAL(12, 2),
    moment DATETIME(3), doubled DECIMAL(13, 2) AS (amount * 2) STORED)`,
  'CREATE TABLE part_lines (part_id BIGINT UNSIGNED, line SMALLINT, note VARCHAR(80), PRIMARY KEY (part_id, line))',
];

async function openStage(): Promise<Stage> {
  const cluster = await startTestCluster();
  await migrateOrders(cluster);
  const admin = await cluster.admin('source');
  await admin.query('CREATE TABLE notes (name VARCHAR(40) PRIMARY KEY, value VARCHAR(40) NOT NULL)');
  await admin.query('CREATE TABLE numbered (id BIGINT AUTO_INCREMENT PRIMARY KEY, value VARCHAR(40) NOT NULL)');
  const script = await readFile('prisma/backup/migrations/20261121100000_mirror/migration.sql', 'utf8');
  const ofMirror = (flavour.migrations?.steps(script) ?? []).filter((statement) =>
    statement.includes('TABLE `mirror_'),
  );
  for (const statement of [...mirroredTables, ...ofMirror]) await admin.query(statement);
  await admin.end();
  for (const replica of ['replica-1', 'replica-2']) await caughtUp(cluster, replica);
  const getting = (name: string) =>
    ({ sql: `SELECT value FROM notes WHERE name = '${name}'`, rowsAsArray: true }) as const;
  const valueIn = (answer: unknown) => (answer as string[][])[0]?.[0] ?? null;
  return {
    connect: (name) => openDirectConnection(cluster.adminUrl(name)),
    addressOf: (name) => addressAt(cluster.adminUrl(name), name),
    account: cluster.cluster.credentials.replication,
    database: cluster.cluster.database,
    begin: 'BEGIN',
    commit: 'COMMIT',
    rollback: 'ROLLBACK',
    set: (connection, name, value) =>
      connection.query('INSERT INTO notes VALUES (?, ?) ON DUPLICATE KEY UPDATE value = ?', [name, value, value]),
    get: async (connection: Connection, name) => valueIn(await connection.query(getting(name))),
    getting,
    valueIn,
    table: { name: 'notes', column: 'value' },
    conditionOf: (name) => `name = '${name}'`,
    addNumbered: (connection, count) =>
      connection.query({
        sql: `INSERT INTO numbered (value) VALUES ${Array(count).fill("('x')").join(', ')}`,
        numbered: 'id',
      }),
    mirrored,
    hold: (name) => cluster.stopApplier(name),
    release: (name) => cluster.startApplier(name),
    stop: () => cluster.stop(),
  };
}

const flavour = flavours[testFlavour()];
describe(`a server of ${flavour.name}`, () => conforms(flavour, openStage));
