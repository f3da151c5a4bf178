/** On the servers of `TIDEMARK_TEST_FLAVOUR`: whoever adds a kind to the list runs it on that kind too. */
import { describe } from 'vitest';
import type { Connection } from '../../src/servers/connection.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { flavours } from '../../src/servers/flavours.ts';
import { addressAt } from '../../src/servers/server-url.ts';
import { conforms } from '../support/conformance/conforms.ts';
import type { Stage } from '../support/conformance/stage.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { startTestCluster, testFlavour } from '../support/test-cluster.ts';

async function openStage(): Promise<Stage> {
  const cluster = await startTestCluster();
  await migrateOrders(cluster);
  const admin = await cluster.admin('source');
  await admin.query('CREATE TABLE notes (name VARCHAR(40) PRIMARY KEY, value VARCHAR(40) NOT NULL)');
  await admin.query('CREATE TABLE numbered (id BIGINT AUTO_INCREMENT PRIMARY KEY, value VARCHAR(40) NOT NULL)');
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
      connection.query(`INSERT INTO numbered (value) VALUES ${Array(count).fill("('x')").join(', ')}`),
    hold: (name) => cluster.stopApplier(name),
    release: (name) => cluster.startApplier(name),
    stop: () => cluster.stop(),
  };
}

const flavour = flavours[testFlavour()];
describe(`a server of ${flavour.name}`, () => conforms(flavour, openStage));
