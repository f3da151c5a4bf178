import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFlags } from '../../src/cli/node-flags.ts';
import { findServerProcesses } from '../../src/local/processes/server-processes.ts';
import { commandNames } from '../../src/platform/command-line.ts';
import { splitStatements } from '../../src/servers/mysql-family/split-statements.ts';
import { caughtUp } from '../support/engine.ts';
import { NpmCommand } from '../support/npm-start.ts';
import { create } from '../support/orders-over-http.ts';
import { binariesDirectory, startTestCluster } from '../support/test-cluster.ts';

// The package as others get it: packed, and installed in a folder of its own with the registry for the rest.
type Manifest = Readonly<Record<'devDependencies' | 'peerDependencies', Readonly<Record<string, string>>>>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const typescript = join(root, 'node_modules/typescript/bin/tsc');
/** What an installation of 0.1.0 came to on Linux with glibc. */
const before = { packages: 282, bytes: 429_159_700 };
const linters = ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5'];

let folder: string;
let tarball: string;
let packed: readonly string[];

/** npm tells its scripts where they run; an installation elsewhere must not hear of it. */
function environment(): Record<string, string> {
  const { PATH = '', HOME = '', NODE_EXTRA_CA_CERTS } = process.env;
  return { PATH, HOME, ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }) };
}

async function run(cwd: string, command: string, ...given: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, given, {
    cwd,
    env: environment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

const installIn = (cwd: string, ...packages: string[]) =>
  run(cwd, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...packages);

type Ended = { readonly code: number; readonly output: string };

async function ended(cwd: string, command: string, words: readonly string[]): Promise<Ended> {
  const child = spawn(command, words, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  return { code, output };
}

/** An empty project; `name` is its folder. */
async function newProject(name: string): Promise<string> {
  const project = join(folder, name);
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return project;
}

/** Each package that is installed below a project. */
async function installed(project: string): Promise<readonly string[]> {
  const lock = JSON.parse(await readFile(join(project, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.keys(lock.packages);
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-package-')));
  const [report] = JSON.parse(
    (await run(root, 'npm', 'pack', '--silent', '--json', '--pack-destination', folder)).replace(/^[^[]*/, ''),
  );
  tarball = join(folder, report.filename);
  packed = report.files.map(({ path }: { path: string }) => path);
}, 600_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the tarball', () => {
  it('holds what is run, and neither tests nor sources', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'dist/client/client.d.ts',
        'dist/dashboard/index.html',
        'dist/exports.js',
        'dist/tidemark/THIRD-PARTY-NOTICES.txt',
        'dist/tidemark/tidemark.js',
      ]),
    );
    expect(packed.filter((path) => path.startsWith('prisma/orders/migrations/')).length).toBeGreaterThan(3);
    expect(packed.filter((path) => /^test\/|(?<!\.d)\.tsx?$/.test(path))).toEqual([]);
  });

  it('has nothing that linters of packages would find', async () => {
    const project = await newProject('linted');
    await installIn(project, ...linters);
    const bin = (name: string) => join(project, 'node_modules/.bin', name);
    await run(project, bin('publint'), '--strict', tarball);
    await run(project, bin('attw'), '--profile', 'esm-only', tarball);
  });
});

describe('a frontend that installs it', () => {
  it('gets nothing else', async () => {
    const project = await newProject('frontend');
    await installIn(project, tarball);
    expect(await installed(project)).toEqual(['node_modules/tidemark']);
    const code = "import { TokenStore } from 'tidemark/client'; console.log(typeof TokenStore)";
    expect(await run(project, process.execPath, '--input-type=module', '--eval', code)).toBe('function\n');
  });

  const tidemark = (...words: string[]) => ended(join(folder, 'frontend'), 'node_modules/.bin/tidemark', words);

  it('is told of every command', async () => {
    for (const words of [['--help'], []]) {
      const { code, output } = await tidemark(...words);
      expect(code).toBe(0);
      for (const name of commandNames) expect(output).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect(await tidemark('--version')).toEqual({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each(commandNames)('can ask what %s does, in words that fit', async (name) => {
    const { code, output } = await tidemark(name, '--help');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`Usage: npx tidemark ${name}`) });
    expect(output).not.toMatch(/npm (?:run|start)/);
  });

  it.each(commandNames)('is told of an option that %s has not', async (name) => {
    const { code, output } = await tidemark(name, '--nonsense');
    // 2 is a verdict of `health`: that it could not look is 3.
    expect({ code, output }).toEqual({ code: name === 'health' ? 3 : 2, output: expect.stringContaining('--help') });
    expect(output).not.toMatch(/npm (?:run|start)|at file:/);
  });

  it.each(['strat', 'constructor', '--hlep', ''])('is told of an unknown command "%s"', async (name) => {
    const { code, output } = await tidemark(name, '--help');
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(`Unknown command ${name}`) });
    expect(output).toContain('Usage: tidemark <command>');
  });

  it('is told how to start what is not there', async () => {
    for (const name of ['health', 'seed', 'migrate', 'mirror', 'worker']) {
      const { code, output } = await tidemark(name);
      expect({ code: code > 0, output }).toEqual({
        code: true,
        output: expect.stringContaining('`npx tidemark start`'),
      });
    }
  });
});

describe('a program that uses the engine and the clients', () => {
  let project: string;
  let size: typeof before;

  beforeAll(async () => {
    project = await newProject('program');
    const { devDependencies, peerDependencies }: Manifest = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    );
    const engine = Object.keys(peerDependencies).filter((name) => name.startsWith('@prisma/') || name === 'mariadb');
    const versions = (names: readonly string[]) => names.map((name) => `${name}@${devDependencies[name]}`);
    await installIn(project, tarball, ...versions(engine));
    size = { packages: (await installed(project)).length, bytes: await bytesBelow(join(project, 'node_modules')) };
    const libraries = ['@apollo/client', '@urql/core', 'graphql', 'graphql-request', 'rxjs', 'wonka', '@types/node'];
    await installIn(project, ...versions(libraries));
    for (const path of ['test/examples/clients', 'prisma/generated/books']) {
      await cp(join(root, path), join(project, path), { recursive: true });
    }
    await mkdir(join(project, 'test/examples/books'));
    for (const name of ['library.ts', 'run.ts', 'typed.ts']) {
      await cp(join(root, 'test/examples/books', name), join(project, 'test/examples/books', name));
    }
  }, 600_000);

  it('installs less than a third of what it did when all packages were dependencies', () => {
    expect(size.packages).toBeLessThan(before.packages / 3);
    expect(size.bytes).toBeLessThan(before.bytes / 3);
  });

  const options = {
    target: 'ES2023',
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    rootDir: '.',
    outDir: 'built',
    rewriteRelativeImportExtensions: true,
  };

  it.each([
    ['bundler', { module: 'ESNext', moduleResolution: 'bundler', noEmit: true }],
    ['node16', { module: 'node16', moduleResolution: 'node16' }],
  ])('has types under %s', async (name, compilerOptions) => {
    const config = { compilerOptions: { ...options, ...compilerOptions }, include: ['test', 'prisma'] };
    await writeFile(join(project, `${name}.json`), JSON.stringify(config));
    await expect(run(project, process.execPath, typescript, '-p', `${name}.json`)).resolves.toBe('');
  });

  it('lends books with the engine', async () => {
    const cluster = await startTestCluster({ replicas: 1 });
    try {
      const admin = await cluster.admin('source');
      const tables = await readFile(join(root, 'test/examples/books/tables.sql'), 'utf8');
      for (const statement of splitStatements(tables)) await admin.query(statement);
      await admin.end();
      await caughtUp(cluster, 'replica-1');
      await cluster.setDelay('replica-1', 60);
      const { source, replicas } = cluster.urls();
      const printed = await run(project, process.execPath, 'built/test/examples/books/run.js', source, ...replicas);
      expect(printed).toMatch(/^with the token: 1 loans, from source, source-\S+$/m);
      expect(printed).toMatch(/^without: no book, loans, from replica-1, any-replica$/m);
    } finally {
      await cluster.stop();
    }
  });

  it('reads its own orders from the installed server, with every client', async () => {
    const empty = await newProject('empty');
    await mkdir(binariesDirectory, { recursive: true });
    await mkdir(join(empty, '.tidemark'));
    await symlink(binariesDirectory, join(empty, '.tidemark/servers'));
    // What npx does, without a trace in the cache of whoever runs the tests.
    const environment = { PORT: '0', npm_config_cache: join(folder, 'npm-cache') };
    const npx = (...words: string[]) =>
      new NpmCommand(['exec', '--yes', '--', `file:${tarball}`, ...words], environment, empty);
    const server = npx('start');
    let again: NpmCommand | null = null;
    let orphan: NpmCommand | null = null;
    try {
      await server.said('Press Ctrl-C to stop.');
      const url = /GraphiQL: (http:\S+)/.exec(server.output)?.[1] ?? '';
      expect(await (await fetch(new URL('/', url))).text()).toContain('id="page"');
      await writeFile(join(project, 'carriers.mjs'), carriers);
      const answers = JSON.parse(await run(project, process.execPath, 'carriers.mjs', url, create));
      const own = { found: true };
      expect(answers).toEqual({ apollo: own, fetch: own, 'graphql-request': own, urql: own });
      expect(server.output).toContain(`npx file:${tarball} seed`);
      const api = await apiIn(empty);
      expect(api.words).toEqual(expect.arrayContaining([...(nodeFlags.start ?? [])]));
      // A supervisor asks the process that it has started, and no other.
      process.kill(api.parent, 'SIGTERM');
      expect(await server.exited).toBe(0);
      expect(await findServerProcesses(join(empty, '.tidemark'))).toEqual([]);

      again = npx('start');
      await again.said('Press Ctrl-C to stop.');
      again.signalGroup('SIGINT');
      // npm itself ends at once.
      await again.exited;
      await expect.poll(() => findServerProcesses(join(empty, '.tidemark')), { timeout: 60_000 }).toEqual([]);

      orphan = npx('start');
      await orphan.said('Press Ctrl-C to stop.');
      process.kill((await apiIn(empty)).parent, 'SIGKILL');
      await expect.poll(() => findServerProcesses(join(empty, '.tidemark')), { timeout: 120_000 }).toEqual([]);
      await orphan.exited;

      const reset = npx('local:reset');
      expect(await reset.exited).toBe(0);
      expect(reset.output).toContain(join(empty, '.tidemark/data'));
    } finally {
      for (const command of [server, again, orphan]) {
        command?.signalGroup('SIGKILL');
        await command?.exited;
      }
      for (const { pid } of await findServerProcesses(join(empty, '.tidemark'))) process.kill(pid, 'SIGKILL');
    }
    expect((await readdir(empty)).sort()).toEqual(['.tidemark', 'package.json']);
  });
});

/** The process that serves in a folder. */
async function apiIn(project: string) {
  const { api } = JSON.parse(await readFile(join(project, '.tidemark/cluster.json'), 'utf8'));
  const words = (await readFile(`/proc/${api.pid}/cmdline`, 'utf8')).split('\0');
  const parent = /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${api.pid}/status`, 'utf8'))?.[1];
  return { words, parent: Number(parent ?? expect.unreachable('no parent')) };
}

/** Writes an order and reads it, with each of the examples. */
const carriers = `
import { gql } from '@apollo/client';
import { connect as apollo } from './built/test/examples/clients/apollo.js';
import { connect as fetching } from './built/test/examples/clients/fetch.js';
import { connect as graphqlRequest } from './built/test/examples/clients/graphql-request.js';
import { connect as urql } from './built/test/examples/clients/urql.js';

const [, , url, create] = process.argv;
const read = 'query Read($id: ID!) { order(by: { id: $id }) { id } }';
const user = { userId: '1' };
const clients = {
  apollo: () => {
    const client = apollo(url);
    return {
      write: async () => (await client.mutate({ mutation: gql(create), variables: user })).data,
      read: async (id) => (await client.query({ query: gql(read), variables: { id } })).data,
    };
  },
  fetch: () => {
    const ask = fetching(url);
    return { write: async () => (await ask(create, user)).data, read: async (id) => (await ask(read, { id })).data };
  },
  'graphql-request': () => {
    const client = graphqlRequest(url);
    return { write: () => client.request(create, user), read: (id) => client.request(read, { id }) };
  },
  urql: () => {
    const client = urql(url);
    return {
      write: async () => (await client.mutation(create, user).toPromise()).data,
      read: async (id) => (await client.query(read, { id }).toPromise()).data,
    };
  },
};
const answers = {};
for (const [name, connect] of Object.entries(clients)) {
  const { write, read } = connect();
  const { id } = (await write()).createOrder.order;
  answers[name] = { found: (await read(id)).order?.id === id };
}
console.log(JSON.stringify(answers));
process.exit();
`;
