/**
 * `npm start` as a person types it, in a new directory that holds nothing but the servers' programs: from the command to the
 * first order that GraphQL counts. Programs that lie unpacked elsewhere are linked into the directory; data directories
 * and their templates are made anew. Ended as Ctrl-C ends it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/platform/clock.ts';
import { freePort } from '../../consistency/api-process.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { spreadOf } from '../statistics.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const starts = 2;
const patienceMs = 120_000;

export const startToFirstAnswer: Bench = {
  name: 'start-to-first-answer',
  title: '`npm start` to the first answer, programs present, fresh data',

  async measure({ laboratory }) {
    const { flavour } = laboratory.servers();
    await laboratory.close();
    const seconds: number[] = [];
    for (let start = 0; start < starts; start += 1) seconds.push(await timeOneStart(flavour));
    const spread = spreadOf(seconds);
    return {
      findings: [finding('slowest start', spread.most, 's', { atMost: 25 }, spread)],
      details: { starts, seconds },
    };
  },
};

async function timeOneStart(flavour: string): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
  try {
    await linkPrograms(join(directory, 'servers'));
    const port = await freePort();
    const startedMs = systemClock.monotonic();
    const child = spawn('npm', ['start', '--', '--flavour', flavour], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TIDEMARK_DIRECTORY: directory, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    try {
      await untilAnswered(child, port);
      return (systemClock.monotonic() - startedMs) / 1000;
    } catch (error) {
      throw new Error(`npm start did not get there:\n${output.join('')}`, { cause: error });
    } finally {
      await interrupt(child);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Links what the tests' clusters unpacked, if they had to. */
async function linkPrograms(target: string): Promise<void> {
  const unpacked = join(root, '.tidemark', 'servers');
  await mkdir(target, { recursive: true });
  for (const name of await readdir(unpacked).catch(() => [])) {
    if (['mariadb', 'mysql', 'redis'].includes(name)) await symlink(join(unpacked, name), join(target, name));
  }
}

async function untilAnswered(child: ChildProcess, port: number): Promise<void> {
  const deadlineMs = systemClock.monotonic() + patienceMs;
  const body = JSON.stringify({ query: '{ orderCounts { total } }' });
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answered = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body }).then(
      async (response) => typeof ((await response.json()) as Counts).data?.orderCounts?.total === 'number',
      () => false,
    );
    if (answered) return;
    if (systemClock.monotonic() > deadlineMs) throw new Error(`no answer within ${patienceMs} ms`);
    await systemClock.sleep(50);
  }
}

type Counts = { readonly data?: { readonly orderCounts?: { readonly total?: number } } };

/** Interrupts the whole process group, as a terminal does, and waits for all of it to be gone. */
async function interrupt(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const closed = child.exitCode === null ? once(child, 'close') : Promise.resolve();
  if (isAlive(-pid)) process.kill(-pid, 'SIGINT');
  await closed;
  while (isAlive(-pid)) await systemClock.sleep(50);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
