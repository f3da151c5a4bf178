import type { Connection } from 'mariadb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readReplication } from '../../src/local/replication/replication.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const writers = 50;
const seconds = Number(process.env.TIDEMARK_TEST_SECONDS ?? 4);
const flavour = testFlavour();
const lostErrnos = [1213, 1205, 1020];

let servers: TestCluster;

beforeAll(async () => {
  servers = await startTestCluster();
});

afterAll(() => servers?.stop());

async function contents(name: string): Promise<{ id: number; value: number }[]> {
  const connection = await servers.admin(name);
  try {
    return await connection.query('SELECT id, value FROM counters ORDER BY id');
  } finally {
    await connection.end();
  }
}

async function prepare(): Promise<void> {
  const connection = await servers.admin('source');
  await connection.query('DROP TABLE IF EXISTS counters');
  await connection.query('CREATE TABLE counters (id INT PRIMARY KEY, value INT NOT NULL, KEY (value))');
  await connection.query('INSERT INTO counters VALUES (1, 0), (2, 0), (3, 0), (4, 0)');
  await connection.end();
}

/** False when the transaction lost against another one. */
async function addToTwo(connection: Connection, first: number, second: number): Promise<boolean> {
  try {
    await connection.beginTransaction();
    await connection.query('UPDATE counters SET value = value + 1 WHERE id = ?', [first]);
    await connection.query('UPDATE counters SET value = value + 1 WHERE id = ?', [second]);
    await connection.commit();
    return true;
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error ? error.errno : null;
    if (!lostErrnos.some((known) => known === errno)) throw error;
    await connection.rollback();
    return false;
  }
}

/** Adds to two of four counters in a transaction, again and again: nearly every one meets another. */
async function write(number: number, isOver: () => boolean): Promise<number> {
  const connection = await servers.admin('source');
  let committed = 0;
  for (let turn = 0; !isOver(); turn += 1) {
    const [first, second] = [1 + ((number + turn) % 4), 1 + ((number + 3 * turn + 1) % 4)];
    try {
      if (await addToTwo(connection, first, second)) committed += 1;
    } catch (error) {
      // The source was killed.
      if (!isOver()) throw error;
    }
  }
  connection.destroy();
  return committed;
}

const writeInParallel = (isOver: () => boolean) =>
  Promise.all(Array.from({ length: writers }, (_, number) => write(number, isOver)));

async function expectEqualContents(): Promise<void> {
  const expected = await contents('source');
  for (const name of ['replica-1', 'replica-2']) {
    await expect.poll(() => contents(name).catch(() => null), { timeout: 60_000 }).toEqual(expected);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('replicas that apply in parallel', () => {
  beforeEach(prepare);

  it('go on without an error while 50 writers collide, and end up with what the source has', async () => {
    const until = performance.now() + seconds * 1000;
    const isOver = () => performance.now() >= until;
    const errors: string[] = [];
    const watch = async (name: string) => {
      for (; !isOver(); await pause(100)) {
        const state = await readReplication(flavour, servers.node(name), servers.cluster.credentials.admin);
        if (!state?.receiving || !state.applying || state.error) errors.push(`${name}: ${state?.error ?? 'stopped'}`);
      }
    };
    const [counts] = await Promise.all([writeInParallel(isOver), watch('replica-1'), watch('replica-2')]);
    expect(errors).toEqual([]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(writers);
    await expectEqualContents();
  });

  it.each(['source', 'replica-1'])('lose nothing when %s is killed under load and started again', async (victim) => {
    let over = false;
    const writing = writeInParallel(() => over);
    await pause(1000);
    if (victim === 'source') over = true;
    await servers.kill(victim);
    await servers.restart(victim);
    over = true;
    const committed = (await writing).reduce((sum, count) => sum + count, 0);
    await expectEqualContents();
    // A commit that was cut off may be there or not; one that was acknowledged must be.
    const total = (await contents('source')).reduce((sum, { value }) => sum + value, 0);
    expect(total).toBeGreaterThanOrEqual(2 * committed);
    for (const name of ['replica-1', 'replica-2']) {
      const { admin } = servers.cluster.credentials;
      await expect
        .poll(() => readReplication(flavour, servers.node(name), admin), { timeout: 30_000 })
        .toEqual({ receiving: true, applying: true, error: null });
    }
  });
});
