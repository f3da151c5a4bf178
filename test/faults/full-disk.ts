// A full disk that needs neither a disk nor root: all tables of the server in one file that may not grow. InnoDB answers as it
// does on a disk without space: the table is full. Whatever becomes free is filled again. A server may fall over it: MySQL
// ends itself when it cannot roll back for want of room. Then it stays down until there is room again.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mariadb';
import { systemClock } from '../../src/platform/clock.ts';
import { restartWith } from '../support/restart-with.ts';
import type { TestCluster } from '../support/test-cluster.ts';

const tables = ['orders', 'order_items', 'mirror_checkpoints', 'mirror_epochs'];
const roomBytes = 16 * 2 ** 20;
/** The first takes whole extents, the others the single pages that small tables take. */
const fillers = Array.from({ length: 12 }, (_, index) => ({
  table: `filler_${index}`,
  bytes: index === 0 ? 64 * 1024 : 7000,
}));
const refillEveryMs = 50;
/** How long a server that falls over takes to say why. */
const endsWithinMs = 20_000;

/** Resolves once nothing can be added any more; what it resolves to gives the server room again. */
export async function fillDisk(cluster: TestCluster, name: string): Promise<() => Promise<void>> {
  const { size } = await stat(join(cluster.node(name).dataDirectory, 'ibdata1'));
  const maxMb = Math.ceil((size + roomBytes) / 2 ** 20);
  const { restore, ended } = await restartWith(cluster, name, [
    '--innodb-file-per-table=OFF',
    `--innodb-data-file-path=ibdata1:12M:autoextend:max:${maxMb}M`,
  ]);
  const place = cluster.cluster.flavour === 'mysql' ? 'TABLESPACE innodb_system' : '';
  const connection = await cluster.admin(name);
  const over = new AbortController();
  const unlessEnded = async (error: unknown) => {
    const patience = systemClock.sleep(endsWithinMs, { unref: true }).then(() => Promise.reject(error));
    await Promise.race([ended, patience]);
  };
  try {
    for (const table of tables) await connection.query(`ALTER TABLE ${table} ${place === '' ? 'FORCE' : place}`);
    for (const { table } of fillers) await connection.query(`CREATE TABLE ${table} (filling LONGBLOB) ${place}`);
    await fill(connection).catch(unlessEnded);
  } catch (error) {
    connection.destroy();
    await restore();
    throw error;
  }
  const filling = keepFull(connection, over.signal).catch(unlessEnded);
  // What else goes wrong is told when room is made.
  filling.catch(() => undefined);
  return async () => {
    over.abort();
    try {
      await filling;
    } finally {
      connection.destroy();
      await restore();
    }
  };
}

async function keepFull(connection: Connection, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fill(connection);
    await systemClock.sleep(refillEveryMs, { signal }).catch(() => undefined);
  }
}

const tableIsFull = 1114;

async function fill(connection: Connection): Promise<void> {
  for (const { table, bytes } of fillers) {
    try {
      for (;;) await connection.query(`INSERT INTO ${table} VALUES (REPEAT('x', ${bytes}))`);
    } catch (error) {
      if (!(error instanceof Error && 'errno' in error && error.errno === tableIsFull)) throw error;
    }
  }
}
