/** Timers of this process come before its sockets: what it has not read yet is not late. */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Patience } from '../../../src/http/patience.ts';
import { PrometheusMetrics } from '../../../src/http/prometheus.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { until } from '../../support/until.ts';
import { startTinyServer } from './tiny-server.ts';

type Tiny = Awaited<ReturnType<typeof startTinyServer>>;
const patience: Patience = { headMs: 1000, requestMs: 2000, lookMs: 50, idleMs: 400 };
const forgiving: Patience = { headMs: 60_000, requestMs: 60_000, lookMs: 50, idleMs: 400 };
const body = JSON.stringify({ query: '{ hello }' });
const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;

const started: Tiny[] = [];
afterEach(async () => {
  for (const { server } of started.splice(0)) await server.stop();
});

async function start(given: Patience) {
  const served = new PrometheusMetrics({ clock: systemClock });
  const tiny = await startTinyServer({ patience: given, served, shutdownGraceMs: 100 });
  started.push(tiny);
  return {
    ...tiny,
    timeouts: async () =>
      Number(/tidemark_http_refused_total\{reason="timeout"\} (\d+)/.exec(await served.text())?.[1] ?? 0),
    connections: async () => Number(/^tidemark_http_connections (\d+)/m.exec(await served.text())?.[1]),
  };
}

/** A connection that the server knows of, and what comes on it. */
async function opened({ server, connections }: Awaited<ReturnType<typeof start>>) {
  const before = await connections();
  const socket = connect({ host: '127.0.0.1', port: server.port });
  let text = '';
  let ended = false;
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
  });
  await until('it is open', async () => (await connections()) > before);
  return { socket, text: () => text, ended: () => ended };
}

/** The bytes are in the kernel before it returns; nobody reads them until the process is back. */
function sendAndFreeze(socket: Socket, bytes: string, ms: number): void {
  socket.write(bytes);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a process that was away', () => {
  it('answers a request that arrived meanwhile', async () => {
    const tiny = await start(patience);
    const client = await opened(tiny);
    sendAndFreeze(client.socket, head + body, 2500);
    await until('it is answered', () => client.text().includes('"hello":"world"'));
    expect(client.text()).toMatch(/^HTTP\/1\.1 200 /);
    expect(await tiny.timeouts()).toBe(0);
  });

  it('answers one whose head it had read before', async () => {
    const tiny = await start(patience);
    const client = await opened(tiny);
    client.socket.write(head);
    await until('the head is there', () => client.socket.bytesWritten > 0);
    sendAndFreeze(client.socket, body, 2500);
    await until('it is answered', () => client.text().includes('"hello":"world"'));
    expect(await tiny.timeouts()).toBe(0);
  });

  it('gives the client the time again in which it was away', async () => {
    const tiny = await start(patience);
    const client = await opened(tiny);
    sendAndFreeze(client.socket, head.slice(0, 20), 3000);
    client.socket.write(head.slice(20) + body);
    await until('it is answered', () => client.text().includes('"hello":"world"'));
    expect(await tiny.timeouts()).toBe(0);
  });

  it('keeps a connection that was idle until a request came on it', async () => {
    const tiny = await start(forgiving);
    const client = await opened(tiny);
    client.socket.write(head + body);
    await until('it is answered', () => client.text().includes('"hello":"world"'));
    sendAndFreeze(client.socket, head + body, 2500);
    await until('it is answered again', () => client.text().split('"hello":"world"').length === 3);
  });
});

describe('a client that does not go on', () => {
  it.each([
    ['with the head', head.slice(0, 30)],
    ['with the body', head + body.slice(0, 5)],
    ['with the head of its next request', `${head}${body}${head.slice(0, 30)}`],
    ['at all', ''],
  ])('%s is told so in JSON, and that it may try again', async (_, bytes) => {
    const tiny = await start(patience);
    const client = await opened(tiny);
    client.socket.write(bytes);
    await until('it is told', client.ended);
    const refusal = client.text().slice(client.text().lastIndexOf('HTTP/1.1 '));
    expect(refusal).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(refusal).toMatch(/\r\nconnection: close\r\n/i);
    expect(JSON.parse(refusal.slice(refusal.indexOf('\r\n\r\n')))).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'REQUEST_TIMEOUT', retryable: true } }],
    });
    expect(await tiny.timeouts()).toBe(1);
    expect(tiny.lines.filter(({ reason }) => reason === 'timeout')).toMatchObject([{ client: '127.0.0.1' }]);
    expect(tiny.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(client.text().split('HTTP/1.1 ')).toHaveLength(bytes.includes('}') ? 3 : 2);
  });

  it('has its connection closed when it asks for nothing more', async () => {
    const tiny = await start(forgiving);
    const client = await opened(tiny);
    client.socket.write(head + body);
    await until('it is closed', client.ended);
    expect(client.text().split('HTTP/1.1 ')).toHaveLength(2);
  });
});
