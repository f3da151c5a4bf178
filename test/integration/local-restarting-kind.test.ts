/** A kind of server that follows by files and a restart, as some do: the local cluster stops it, has them changed, and starts it. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { LocalServers } from '../../src/servers/local-servers.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const file = 'follows.signal';

vi.mock('../../src/servers/flavours.ts', async (original) => {
  const { flavours } = await original<typeof import('../../src/servers/flavours.ts')>();
  const restarting = (local: LocalServers): LocalServers => ({
    ...local,
    follow: async (server, request) => {
      await server.restarted(() => writeFile(join(server.dataDirectory, file), ''));
      await local.follow(server, request);
    },
  });
  const { mariadb } = flavours;
  return { flavours: { ...flavours, mariadb: { ...mariadb, local: mariadb.local && restarting(mariadb.local) } } };
});

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster({ flavour: 'mariadb', replicas: 1 });
});
afterAll(() => cluster?.stop());

it('is restarted once it has its files, and replicates', async () => {
  const [source, replica] = [cluster.node('source'), cluster.node('replica-1')];
  expect(existsSync(join(replica.dataDirectory, file))).toBe(true);
  expect(existsSync(join(source.dataDirectory, file))).toBe(false);
  const writing = await cluster.admin('source');
  await writing.query('CREATE TABLE marks (id INT PRIMARY KEY)');
  await writing.query('INSERT INTO marks VALUES (1)');
  await writing.end();
  const reading = await cluster.admin('replica-1');
  await expect.poll(() => reading.query('SELECT id FROM marks').catch(() => [])).toEqual([{ id: 1 }]);
  await reading.end();
});
