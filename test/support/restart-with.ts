import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { TestCluster } from './test-cluster.ts';

/**
 * Runs a replica or the backup of a test cluster with other server options than all the others have. Resolves once it
 * answers, and a replica replicates.
 */
export async function restartWith(
  cluster: TestCluster,
  name: string,
  options: readonly string[],
): Promise<{ restore(): Promise<void> }> {
  const { pid, dataDirectory, role } = cluster.node(name);
  const partsOf = async (file: string) =>
    (await readFile(`/proc/${pid}/${file}`, 'utf8')).split('\0').filter((part) => part !== '');
  const [command = '', ...given] = await partsOf('cmdline');
  const env = Object.fromEntries((await partsOf('environ')).map((pair) => pair.split(/=(.*)/s, 2)));
  // What the init file did is in the data by now, and the file is gone.
  const kept = given.filter((argument) => !argument.startsWith('--init-file='));
  await cluster.cluster.stopNode(name);
  const child = spawn(command, [...kept, ...options], { cwd: dataDirectory, env, stdio: 'ignore' });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const stop = async () => {
    process.off('exit', endWithUs);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    await untilItAnswers(cluster, name, role === 'replica' ? startReplication(cluster) : 'DO 1', () => child.exitCode);
  } catch (error) {
    await stop();
    await cluster.cluster.startNode(name);
    throw error;
  }
  return {
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
  exitCode: () => number | null,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      const admin = await cluster.admin(name);
      await admin.query(statement);
      await admin.end();
      return;
    } catch (error) {
      if (tries === 300 || exitCode() !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
