import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { auditServer } from 'graphql-http';
import { afterEach, describe, expect, it } from 'vitest';

// The real process, started as `npm start` starts it, with servers that are not there: it must serve what it can.
const deadServers = {
  SOURCE_URL: 'mysql://app:hunter2@127.0.0.1:1/orders',
  REPLICA_URLS: 'mysql://app:hunter2@127.0.0.1:2/orders',
  PORT: '0',
  NODE_ENV: 'development',
  LOG_FORMAT: 'pretty',
};

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

type Run = {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
  said(text: string): Promise<void>;
};

function run(environment: Record<string, string>, ...argv: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...argv], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let text = '';
  const waiting = new Set<() => void>();
  const collect = (chunk: Buffer) => {
    text += String(chunk);
    for (const check of waiting) check();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const said = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!text.includes(wanted)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      void exited.then(() => reject(new Error(`ended without saying "${wanted}":\n${text}`)));
      check();
    });
  return { child, exited, output: () => text, said };
}

async function runUntilReady(environment: Record<string, string> = {}) {
  const running = run({ ...deadServers, ...environment });
  await running.said('Press Ctrl-C to stop.');
  const url = /(http:\/\/\S+)\/graphql/.exec(running.output())?.[1] ?? '';
  return { ...running, url };
}

describe('starting', () => {
  it('lists everything that is wrong with the environment, a line each, and ends with 2', async () => {
    const { exited, output } = run({ SOURCE_URL: 'hunter2', PORT: 'hunter2', LOG_LEVEL: 'loud' });
    expect(await exited).toBe(2);
    expect(output().trim().split('\n')).toEqual([
      'Invalid configuration:',
      '  SOURCE_URL: is not a URL such as mysql://user:password@host:3306/database',
      '  PORT: must be a whole number',
      '  LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  it('checks the configuration without starting anything', async () => {
    const { exited, output } = run(deadServers, '--check-config');
    expect(await exited).toBe(0);
    expect(output()).toContain('replica-1     ');
    expect(output()).not.toContain('hunter2');
  });

  it('names the variable of a database that cannot be reached, and serves what it can', async () => {
    const { output } = await runUntilReady({ MIGRATION_URL: 'mysql://admin:hunter2@127.0.0.1:1/orders' });
    expect(output()).toMatch(/MIGRATION_URL: The database server at 127\.0\.0\.1:1 refuses connections/);
    expect(output()).not.toContain('hunter2');
  });

  it('names PORT when the port is busy', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
    });
    const { exited, output } = run({ ...deadServers, PORT: String(port) });
    expect(await exited).toBe(1);
    expect(output()).toContain(`PORT: ${port} on 127.0.0.1 is in use by another process`);
    other.close();
  });
});

describe('running without any server', () => {
  it('answers with typed errors and lives on', async () => {
    const { url, child, exited, output } = await runUntilReady();
    const ask = async (query: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return { status: response.status, text: await response.text() };
    };
    const codes = {
      '{ orders(first: 1) { totalCount } }': 'LIMITED_FUNCTIONALITY',
      '{ orders(first: 1) { hunter } }': 'GRAPHQL_VALIDATION_FAILED',
      '{ orders(': 'GRAPHQL_PARSE_FAILED',
      '{ orders(first: "one") { totalCount } }': 'GRAPHQL_VALIDATION_FAILED',
    };
    for (const [query, code] of Object.entries(codes)) {
      const { text } = await ask(query);
      expect(text).toContain(`"code":"${code}"`);
      expect(text).not.toMatch(/prisma|mariadb|hunter2|ECONNREFUSED|stack| at /i);
    }
    const wrong = await ask('{ orders(first: 1) { totalCount } }', { 'x-consistency-level': 'perfect' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('BAD_CONSISTENCY_REQUEST')]);
    const huge = await ask(`{ orders(after: "${'x'.repeat(10_000_000)}") { totalCount } }`);
    expect([huge.status, huge.text]).toEqual([413, expect.stringContaining('REQUEST_TOO_LARGE')]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(output()).not.toContain('hunter2');
  });
});

describe('GraphQL over HTTP', () => {
  it('is kept to by the real server: the audit finds no error', async () => {
    const { url, child, exited } = await runUntilReady();
    const results = await auditServer({ url: `${url}/graphql`, fetchFn: fetch });
    expect(results.length).toBeGreaterThan(50);
    expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });
});

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 after %s, also when it arrives twice', async (signal) => {
    const { child, exited, said } = await runUntilReady();
    child.kill(signal);
    child.kill(signal);
    await said('stopped');
    expect(await exited).toBe(0);
  });

  it('ends while it is still starting', async () => {
    const { child, exited, said } = run(deadServers);
    await said('Configuration');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });
});
