import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerChild } from '../../src/local/processes/server-child.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { TestCluster } from './test-cluster.ts';

/**
 * Runs a server of a test cluster with other options than all the others have. Resolves once it answers, and a replica
 * replicates, unless it is to follow nobody; a source refuses writes. `ended` resolves when that process has ended, whoever ended it.
 */
export async function restartWith(
  cluster: TestCluster,
  name: string,
  options: readonly string[],
  { replicates = true } = {},
): Promise<{ readonly ended: Promise<void>; stop(): Promise<void>; restore(): Promise<void> }> {
  const { pid, dataDirectory, role } = cluster.node(name);
  const partsOf = async (file: string) =>
    (await readFile(`/proc/${pid}/${file}`, 'utf8')).split('\0').filter((part) => part !== '');
  const [path = '', ...given] = await partsOf('cmdline');
  const variables = Object.fromEntries((await partsOf('environ')).map((pair) => pair.split(/=(.*)/s, 2)));
  // What the init file did is in the data by now, and the file is gone.
  const kept = given.filter((argument) => !argument.startsWith('--init-file='));
  await cluster.cluster.stopNode(name);
  const place = { cwd: dataDirectory, logPath: join(dataDirectory, '..', `${name}-restarted.log`) };
  const started = { ...place, parentDeathSignal: 'KILL' } as const;
  const server = await ServerChild.start({ path, args: [], variables }, [...kept, ...options], started);
  const stop = async () => {
    if (server.exit === null) await server.end('SIGTERM', systemClock);
  };
  try {
    const statement = role === 'replica' && replicates ? startReplication(cluster) : 'DO 1';
    await untilItAnswers(cluster, name, statement, () => server.exit !== null);
  } catch (error) {
    await stop();
    await cluster.cluster.startNode(name);
    throw error;
  }
  return {
    ended: server.exited.then(() => undefined),
    stop,
    restore: async () => {
      await stop();
      await cluster.cluster.startNode(name);
    },
  };
}

const startReplication = ({ cluster }: TestCluster) => (cluster.flavour === 'mysql' ? 'START REPLICA' : 'START SLAVE');

async function untilItAnswers(
  cluster: TestCluster,
  name: string,
  statement: string,
  hasEnded: () => boolean,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      const admin = await cluster.admin(name);
      await admin.query(statement);
      await admin.end();
      return;
    } catch (error) {
      if (tries === 300 || hasEnded()) throw error;
      await systemClock.sleep(100);
    }
  }
}
