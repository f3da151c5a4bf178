import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveDirectory } from '../../src/local/directory/resolve-directory.ts';
import { findServerProcesses } from '../../src/local/processes/server-processes.ts';
import { NpmCommand } from '../support/npm-start.ts';
import { binariesDirectory } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// `npm run dev` in a copy of the sources, whose files are changed as an editor does. One cluster for all of it; each test goes on
// where the one before it ended.
const root = fileURLToPath(new URL('../..', import.meta.url));
const served = { timeout: 240_000, interval: 100 };

let checkout: string;
let directory: string;
let dev: NpmCommand;
let url: string;
let servers: readonly number[];

const pids = async () => (await findServerProcesses(directory)).map(({ pid }) => pid).sort();
const answer = async (path: string) => (await fetch(new URL(path, url))).text();
const status = async () => JSON.parse(await answer('/livez')).status;

async function change(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(checkout, path), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(checkout, path), text.replace(from, to));
}

/** The page with all the code that it loads at once. */
async function page(): Promise<string> {
  const html = await answer('/');
  const scripts = [...html.matchAll(/src="(\.\/[^"]+\.js)"/g)].map(([, path = '']) => path);
  return [html, ...(await Promise.all(scripts.map(answer)))].join('\n');
}

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'tidemark-dev-'));
  for (const path of ['src', 'prisma', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    await cp(join(root, path), join(checkout, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  await mkdir(binariesDirectory, { recursive: true });
  directory = await resolveDirectory(join(checkout, '.tidemark'));
  await mkdir(directory, { recursive: true });
  await symlink(binariesDirectory, join(directory, 'servers'));
  dev = new NpmCommand(['run', 'dev'], { PORT: '0' }, checkout);
  await dev.said('Watching src and prisma.');
  url = /GraphiQL: (http:\S+)\/graphql/.exec(dev.output)?.[1] ?? expect.unreachable(dev.output);
  servers = await pids();
});

afterAll(async () => {
  dev?.signalGroup('SIGKILL');
  await dev?.exited;
  for (const { pid } of await findServerProcesses(directory)) process.kill(pid, 'SIGKILL');
  await until('its servers are gone', async () => (await pids()).length === 0);
  await rm(checkout, { recursive: true, force: true });
});

describe('npm run dev', () => {
  it('serves what npm start serves', async () => {
    expect(await status()).toBe('alive');
    expect(await answer('/')).toContain('id="page"');
    expect(await answer('/graphql?query={cluster{verdict}}')).toContain('HEALTHY');
    expect(servers.length).toBe(5);
  });

  it('breaks servers for the page of the lab', async () => {
    const probe = async () => JSON.parse(await answer('/lab/nodes')).nodes;
    const act = async (node: string, action: object) => {
      const response = await fetch(new URL('/lab/nodes', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-tidemark-lab': '1' },
        body: JSON.stringify({ node, action }),
      });
      return { status: response.status, body: await response.json() };
    };
    expect((await probe()).map(({ name }: { name: string }) => name)).toContain('replica-2');
    expect((await act('replica-2', { name: 'delay', seconds: 7 })).status).toBe(200);
    expect(await probe()).toContainEqual(expect.objectContaining({ name: 'replica-2', delayS: 7 }));
    expect((await act('replica-2', { name: 'delay', seconds: 0 })).status).toBe(200);
    expect(await act('replica-9', { name: 'kill' })).toMatchObject({
      status: 404,
      body: { errors: [{ message: expect.stringContaining('replica-9'), extensions: { code: 'LOCAL_NODE_UNKNOWN' } }] },
    });
  });

  it('serves a change of the server, on the servers that run', async () => {
    await change('src/http/server.ts', "status: 'alive'", "status: 'changed'");
    await expect.poll(status, served).toBe('changed');
    await dev.said('serves the build');
    expect(await answer('/graphql?query={cluster{verdict}}')).toContain('HEALTHY');
  });

  it('shows a fault of syntax, and serves what it served', async () => {
    await change('src/http/server.ts', "status: 'changed'", "status: 'changed' 'twice'");
    await dev.said('The server cannot be built');
    expect(dev.output).toContain('src/http/server.ts');
    expect(await status()).toBe('changed');
  });

  it('shows why a build does not start, and serves what it served', async () => {
    await change('src/http/server.ts', "status: 'changed' 'twice'", "status: 'mended'");
    await expect.poll(status, served).toBe('mended');
    await change(
      'src/app/create-app.ts',
      'export function createApp',
      "throw new Error('not like this');\nexport function createApp",
    );
    await dev.said('The build does not serve');
    expect(dev.output).toContain('not like this');
    expect(await status()).toBe('mended');
    await change('src/app/create-app.ts', "throw new Error('not like this');\n", '');
    await change('src/http/server.ts', "status: 'mended'", "status: 'well'");
    await expect.poll(status, served).toBe('well');
  });

  it('serves a change of the page', async () => {
    await change('src/dashboard/index.html', '<title>', '<title>Changed ');
    await expect.poll(page, served).toContain('<title>Changed ');
    await change(
      'src/dashboard/main.tsx',
      'createRoot(page)',
      "page.dataset['shell'] = 'changed-shell';\ncreateRoot(page)",
    );
    await expect.poll(page, served).toContain('changed-shell');
    await change('src/dashboard/index.html', '<title>Changed ', '<title>');
    await expect.poll(page, served).not.toContain('<title>Changed ');
  });

  it('ends all of it with Ctrl-C', async () => {
    expect(await pids()).toEqual(servers);
    dev.signalGroup('SIGINT');
    expect(await dev.exited).toBe(0);
    expect(await pids()).toEqual([]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
