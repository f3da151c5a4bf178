import { mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClusterFile } from '../../src/local/directory/cluster-file.ts';
import { resolveDirectory } from '../../src/local/directory/resolve-directory.ts';
import { findServerProcesses } from '../../src/local/processes/server-processes.ts';
import { NpmCommand } from '../support/npm-start.ts';
import { binariesDirectory, testFlavour } from '../support/test-cluster.ts';

const flavour = testFlavour();
let directory: string;
let commands: NpmCommand[];

beforeEach(async () => {
  directory = await resolveDirectory(await mkdtemp(join(tmpdir(), 'tidemark start-')));
  commands = [];
  await mkdir(binariesDirectory, { recursive: true });
  await symlink(binariesDirectory, join(directory, 'servers'));
});

afterEach(async () => {
  for (const command of commands) command.signalGroup('SIGKILL');
  await Promise.all(commands.map(({ exited }) => exited));
  for (const { pid } of await findServerProcesses(directory)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => findServerProcesses(directory)).toEqual([]);
  await rm(directory, { recursive: true, force: true });
});

function npm(args: readonly string[], environment: Record<string, string> = {}): NpmCommand {
  const command = new NpmCommand(args, { TIDEMARK_DIRECTORY: directory, ...environment });
  commands.push(command);
  return command;
}

const startArgs = ['start', '--', '--flavour', flavour];

async function started(environment: Record<string, string> = { PORT: '0' }) {
  const command = npm(startArgs, environment);
  await command.said('Press Ctrl-C to stop.');
  const url = /GraphiQL: (http:\S+)/.exec(command.output)?.[1] ?? '';
  return { command, url };
}

async function ask(url: string, query: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: unknown }).data;
}

const createOrder = `mutation {
  createOrder(input: { number: "KEPT-1", userId: "7", currency: "EUR", items: [{ sku: "A", name: "Ink", quantity: 1, unitPrice: "2.50" }] }) {
    ... on CreateOrderPayload { order { number } }
  }
}`;
const readOrder = '{ order(by: { number: "KEPT-1" }) { number } }';

async function squat(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

describe('npm start', () => {
  it('serves orders on another port than a busy one, tells a second start of it, and ends with Ctrl-C', async () => {
    const { server, port } = await squat();
    const { command, url } = await started({ PORT: String(port) });
    expect(command.output).toContain(`(Port ${port} is in use by another process.)`);
    expect(await ask(url, createOrder)).toEqual({ createOrder: { order: { number: 'KEPT-1' } } });

    const file = JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8'));
    const process = { host: '127.0.0.1', port: expect.any(Number), pid: expect.any(Number) };
    const node = (name: string, role: string) =>
      expect.objectContaining({ ...process, name, role, flavour, user: 'tidemark' });
    expect(file).toMatchObject({
      flavour,
      database: 'orders',
      nodes: [
        node('source', 'source'),
        node('replica-1', 'replica'),
        node('replica-2', 'replica'),
        node('backup', 'backup'),
      ],
      redis: process,
      api: { ...process, port: Number(new URL(url).port) },
    });
    expect(JSON.stringify(file)).not.toContain('password');

    const second = npm(startArgs);
    expect(await second.exited).toBe(1);
    expect(second.output).toContain(`Process ${file.api.pid} already runs a ${flavour} cluster in ${directory}`);
    expect(second.output).toContain(url);
    for (const { name, port: nodePort } of [...file.nodes, { name: 'redis', ...file.redis }]) {
      expect(second.output).toMatch(new RegExp(`${name} .*127\\.0\\.0\\.1:${nodePort}$`, 'm'));
    }

    const reset = npm(['run', 'local:reset']);
    expect(await reset.exited).toBe(1);
    expect(reset.output).toContain('already runs');

    command.signalGroup('SIGINT');
    expect(await command.exited).toBe(0);
    expect(await findServerProcesses(directory)).toEqual([]);
    await expect(stat(join(directory, 'cluster.json'))).rejects.toThrow('ENOENT');
    // It ended nothing but its own.
    expect(server.listening).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it('starts again with its data after it was killed, and what it left says what is gone', async () => {
    const first = await started();
    expect(await ask(first.url, createOrder)).toEqual({ createOrder: { order: { number: 'KEPT-1' } } });
    first.command.signalGroup('SIGKILL');
    await first.command.exited;
    const left = await readClusterFile(directory);
    expect(left?.cluster.api).not.toBeNull();
    expect(left?.alive.has('api')).toBe(false);

    const second = await started();
    expect(await ask(second.url, readOrder)).toEqual({ order: { number: 'KEPT-1' } });
    second.command.signalGroup('SIGINT');
    expect(await second.command.exited).toBe(0);
  });

  it('leaves nothing running when it is interrupted halfway, and the data is wiped on request', async () => {
    // On a busy machine the start may be over before this process has seen a server: then it starts anew.
    let isStarted = true;
    while (isStarted) {
      expect(await npm(['run', 'local:reset']).exited).toBe(0);
      const command = npm(startArgs, { PORT: '0' });
      await expect
        .poll(async () => (await findServerProcesses(directory)).length, { timeout: 60_000, interval: 20 })
        .toBeGreaterThan(0);
      command.signalGroup('SIGINT');
      expect(await command.exited).toBe(0);
      expect(await findServerProcesses(directory)).toEqual([]);
      isStarted = command.output.includes('Press Ctrl-C to stop.');
    }

    const reset = npm(['run', 'local:reset']);
    expect(await reset.exited).toBe(0);
    expect(reset.output).toContain(`deleted ${join(directory, 'data')}`);
    await expect(stat(join(directory, 'data'))).rejects.toThrow('ENOENT');
  });
});
