import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { hangServer, resumeServer, standsStill } from '../../../src/local/lab/hung-server.ts';
import { processTree, signalTree } from '../../../src/local/processes/process-tree.ts';

// A server that starts two others, one of which starts a further one, in sessions of their own.
const script = 'setsid sh -c "sleep 600 & wait" & setsid sleep 600 & echo started; wait';
let parent: ChildProcess | null = null;

async function start(): Promise<number> {
  parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { pid = 0, stdout } = parent;
  if (stdout !== null) await once(stdout, 'data');
  await expect.poll(() => processTree(pid).length).toBeGreaterThanOrEqual(4);
  return pid;
}

afterEach(() => {
  if (parent?.pid !== undefined && parent.exitCode === null) signalTree(parent.pid, 'SIGKILL');
});

it('the processes of a server are those that it started, and theirs', async () => {
  const pid = await start();
  expect(processTree(pid)[0]).toBe(pid);
});

it('a server hangs with everything that it started, and goes on with it', async () => {
  const pid = await start();
  expect(standsStill(pid)).toBe(false);
  await expect
    .poll(() => {
      hangServer(pid);
      return standsStill(pid);
    })
    .toBe(true);
  resumeServer(pid);
  await expect.poll(() => standsStill(pid)).toBe(false);
});

it('a server is killed with everything that it started', async () => {
  const pid = await start();
  const tree = processTree(pid);
  signalTree(pid, 'SIGKILL');
  const lives = (one: number) => {
    try {
      return process.kill(one, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(() => tree.filter(lives)).toEqual([]);
});
