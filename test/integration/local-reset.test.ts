import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resetLocalCluster } from '../../src/local/directory/reset-local-cluster.ts';
import { type LocalCluster, startLocalCluster } from '../../src/local/local-cluster.ts';
import { AlreadyRunningError } from '../../src/local/local-errors.ts';
import { binariesDirectory, testFlavour } from '../support/test-cluster.ts';

const flavour = testFlavour();
const log = () => {};
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-reset-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const start = () =>
  startLocalCluster({ directory, binariesDirectory, flavour, replicas: 0, backup: false, redis: false, log });
// What a cluster leaves is wiped here: no need to wait for an orderly end.
async function end(cluster: LocalCluster): Promise<void> {
  await cluster.stopNode('source', 'SIGKILL');
  await cluster.stop();
}
const exists = (name: string) =>
  access(join(directory, name)).then(
    () => true,
    () => false,
  );

describe('resetting the local cluster', () => {
  it('is refused while it runs, and wipes nothing', async () => {
    const cluster = await start();
    try {
      const reset = resetLocalCluster({ directory, flavour: null, servers: true, log });
      await expect(reset).rejects.toBeInstanceOf(AlreadyRunningError);
      expect(await exists(`data/${flavour}/source`)).toBe(true);
    } finally {
      await end(cluster);
    }
  });

  it('makes the next start a new cluster, whose keys are new too', async () => {
    const first = await start();
    await end(first);
    await resetLocalCluster({ directory, flavour: null, servers: false, log });
    const second = await start();
    await end(second);
    expect(second.id).not.toBe(first.id);
    expect(second.tokenKeys).not.toEqual(first.tokenKeys);
  });

  it('of one flavour leaves the other, and keys that both use', async () => {
    await end(await start());
    await resetLocalCluster({ directory, flavour: flavour === 'mysql' ? 'mariadb' : 'mysql', servers: false, log });
    expect(await exists(`data/${flavour}/source`)).toBe(true);
    await resetLocalCluster({ directory, flavour, servers: false, log });
    expect(await exists(`data/${flavour}`)).toBe(false);
    expect(await exists('secrets.json')).toBe(true);
  });

  it('touches nothing that the cluster did not make', async () => {
    await writeFile(join(directory, 'mine.txt'), 'mine');
    await end(await start());
    await resetLocalCluster({ directory, flavour: null, servers: true, log });
    expect(await exists('mine.txt')).toBe(true);
    expect(await exists('data')).toBe(false);
  });

  it('of an empty directory does nothing', async () => {
    expect(await resetLocalCluster({ directory, flavour: null, servers: true, log })).toEqual([]);
  });
});
