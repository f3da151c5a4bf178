import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveDirectory } from '../../src/local/directory/resolve-directory.ts';
import { findServerProcesses } from '../../src/local/processes/server-processes.ts';
import { documentedCommands, type Run, runAlone, runOnOneCluster } from '../support/documented-commands.ts';
import { NpmCommand } from '../support/npm-start.ts';
import { binariesDirectory } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// What the documents tell people to type, typed: on one cluster, in an order that makes sense.
const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
let start: NpmCommand;
let url: string;

type Ended = { readonly code: number | null; readonly output: string };

/** In a shell, as a person does. With `goesOn` it is interrupted as soon as it has printed what it is to print. */
function typed(command: string, { prints, goesOn }: Pick<Run, 'prints' | 'goesOn'>, cwd = root): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('bash', ['-c', command], {
    cwd,
    env: { PATH, HOME, TIDEMARK_DIRECTORY: directory },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let interrupted = false;
  const collect = (chunk: Buffer) => {
    output += String(chunk);
    if (goesOn !== true || interrupted || !prints.test(output) || child.pid === undefined) return;
    interrupted = true;
    process.kill(-child.pid, 'SIGINT');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** `given` takes the place of what stands for something, and follows what is complete. */
function wordsOf(command: string, given: string | undefined): string {
  if (given === undefined) return command;
  return command.includes(' -- ') ? `${command.split(' -- ')[0]} -- ${given}` : `${command} ${given}`;
}

async function runs(command: string, run: Run): Promise<void> {
  const { code, output } = await typed(wordsOf(command, run.given), run);
  expect(output).toMatch(run.prints);
  // npm ends at once when it is interrupted, by the signal.
  if (run.goesOn === undefined) expect({ code, output }).toEqual({ code: run.code ?? 0, output });
}

beforeAll(async () => {
  directory = await resolveDirectory(await mkdtemp(join(tmpdir(), 'tidemark-typed-')));
  await mkdir(binariesDirectory, { recursive: true });
  await symlink(binariesDirectory, join(directory, 'servers'));
  start = new NpmCommand(['start'], { TIDEMARK_DIRECTORY: directory, PORT: '0' });
  await start.said('Press Ctrl-C to stop.');
  url = /GraphiQL: (http:\S+)/.exec(start.output)?.[1] ?? expect.unreachable(start.output);
});

afterAll(async () => {
  start?.signalGroup('SIGKILL');
  await start?.exited;
  for (const { pid } of await findServerProcesses(directory)) process.kill(pid, 'SIGKILL');
  await until('its servers are gone', async () => (await findServerProcesses(directory)).length === 0);
  await rm(directory, { recursive: true, force: true });
});

describe.sequential('on one cluster', () => {
  it.each(Object.entries(runOnOneCluster))('%s', runs);

  it('the requests of the tour: the second one reads what the first one wrote, by its token', async () => {
    const requests = [...documentedCommands().keys()].filter((command) => command.startsWith('curl '));
    expect(requests).toHaveLength(2);
    const [write, read] = requests.map(requestIn) as [Request, Request];
    const { createOrder } = (await ask(write)).data;
    expect(createOrder.order).toMatchObject({ total: { amount: '25.00', currency: 'EUR' } });
    const shown = /T-[\dA-Z]+/.exec(read.body)?.[0] ?? expect.unreachable(read.body);
    expect(read.headers['x-consistency-token']).toBe('$TOKEN');
    const own = {
      body: read.body.replace(shown, createOrder.order.number),
      headers: { ...read.headers, 'x-consistency-token': createOrder.consistencyToken },
    };
    expect(await ask(own)).toMatchObject({
      data: { order: { status: 'PENDING', version: 1 } },
      extensions: { consistency: { level: 'SESSION' } },
    });
  });

  it('Ctrl-C, and npm run local:reset', async () => {
    start.signalGroup('SIGINT');
    expect(await start.exited).toBe(0);
    const prints = /^deleted .*data$/m;
    const { code, output } = await typed('npm run local:reset', { prints });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(prints) });
  });
});

describe.sequential('without a cluster', () => {
  it.each(Object.entries(runAlone))('%s', runs);

  it('npm run fix', async () => {
    const folder = await mkdtemp(join(directory, 'fixed-'));
    for (const name of ['package.json', 'biome.json']) await cp(join(root, name), join(folder, name));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'a.ts'), 'export const   a = "b"');
    const { code, output } = await typed('npm run fix', { prints: /./ }, folder);
    expect({ code, output }).toEqual({ code: 0, output });
    expect(await readFile(join(folder, 'a.ts'), 'utf8')).toBe("export const a = 'b';\n");
  });
});

type Request = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** What `curl` would send. There may be none on this machine. */
function requestIn(command: string): Request {
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const after = (option: string) => words.filter((_, index) => words[index - 1] === option);
  const headers = Object.fromEntries(after('-H').map((header) => header.split(': ') as [string, string]));
  return { headers, body: after('-d')[0] ?? expect.unreachable(command) };
}

async function ask({ headers, body }: Request) {
  return (await fetch(url, { method: 'POST', headers, body })).json();
}
