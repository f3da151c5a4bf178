/** One client that takes what it can of a real process with few descriptors, and others who want an answer beside it. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApiProcess, startApiProcess } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let api: ApiProcess;
let port: number;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `.tidemark/crowded-out-${process.pid}`;
const bundling = `import { bundle } from './src/bundle.mjs'; await bundle(['src/main.ts'], { outdir: '${folder}' });`;
const open: (Socket | ClientRequest)[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  // In one file: on Node 24 loading the sources themselves takes more descriptors than there are.
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', bundling], { cwd: root });
  api = await startApiProcess(cluster, {
    node: [`${folder}/main.js`],
    descriptors: 256,
    environment: { TRUST_PROXY: 'none', LOG_LEVEL: 'warn' },
  });
  port = Number(new URL(api.url).port);
});
afterEach(async () => {
  for (const one of open.splice(0)) one.destroy();
  await until('everybody is gone', async () => (await gauge('connections')) < 10);
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
  await rm(join(root, folder), { recursive: true, force: true });
});

const greedy = '127.0.0.2';
const other = '127.0.0.3';

type Answer = { readonly status: number; readonly text: string };

/** Each on a connection of its own. */
function ask(from: string, path: string, body: string | null, headers = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        localAddress: from,
        method: body === null ? 'GET' : 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (answer: IncomingMessage) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.once('error', reject);
      },
    );
    asked.once('error', reject);
    asked.end(body ?? undefined);
  });
}

const reading = JSON.stringify({ query: '{ orders(first: 1) { nodes { id } } cluster { verdict } }' });

async function gauge(name: string): Promise<number> {
  const { text } = await ask(other, '/metrics', null).catch(() => ({ text: '' }));
  return Number(new RegExp(`^tidemark_http_${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** Whether another client reads orders now, from servers that are not blamed for anything. */
async function othersAreServed(): Promise<void> {
  for (let time = 0; time < 20; time += 1) {
    const { status, text } = await ask(other, '/graphql', reading);
    expect({ status, ...JSON.parse(text).data.cluster, errors: JSON.parse(text).errors }).toEqual({
      status: 200,
      verdict: 'HEALTHY',
      errors: undefined,
    });
  }
  expect(api.output().join('\n')).not.toMatch(/EMFILE|NODE_DOWN|did not answer|ENFILE/);
}

function idleConnection(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: greedy }, () => resolve(socket));
    socket.on('error', () => resolve(socket));
    socket.resume();
    open.push(socket);
  });
}

/** The status of the stream; it stays open. */
function stream(): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/graphql',
        localAddress: greedy,
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.on('error', () => undefined).resume();
      },
    );
    asked.once('error', () => resolve(0));
    asked.end(JSON.stringify({ query: 'subscription { orderChanged { kind } }' }));
    open.push(asked);
  });
}

/** A body of which nothing more comes. */
function slowBody(): Promise<void> {
  return new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/graphql',
      localAddress: greedy,
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
    });
    asked.on('error', () => resolve()).on('response', (answer) => answer.on('error', () => undefined).resume());
    asked.once('socket', (socket) => socket.once('connect', resolve));
    asked.write('{');
    open.push(asked);
  });
}

describe('a process that may have 256 descriptors', () => {
  it('answers others beside a client with 400 connections that say nothing', async () => {
    await Promise.all(Array.from({ length: 400 }, idleConnection));
    await othersAreServed();
    expect(await gauge('connections')).toBeLessThan(200);
  });

  it('answers others beside a client that opens 300 streams', async () => {
    const statuses = await Promise.all(Array.from({ length: 300 }, stream));
    expect(statuses).toContain(200);
    expect(statuses.some((status) => status !== 200)).toBe(true);
    await othersAreServed();
    expect(await gauge('streams')).toBeLessThanOrEqual(100);
  });

  it('answers others beside a client that sends 300 bodies a byte at a time', async () => {
    await Promise.all(Array.from({ length: 300 }, slowBody));
    await othersAreServed();
    expect(await gauge('bodies')).toBeLessThanOrEqual(100);
    // For as long as it goes on.
    const dribbling = setInterval(() => {
      for (const one of open) if ('write' in one && !one.destroyed) one.write(' ');
    }, 200);
    try {
      await othersAreServed();
    } finally {
      clearInterval(dribbling);
    }
  });

  it('answers many others at once beside all of that', async () => {
    await Promise.all([
      ...Array.from({ length: 100 }, idleConnection),
      ...Array.from({ length: 100 }, stream),
      ...Array.from({ length: 100 }, slowBody),
    ]);
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(other, '/graphql', reading)));
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
    await othersAreServed();
  });
});
