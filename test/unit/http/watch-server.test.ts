import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startWatchServer, type WatchServer, type WatchServerOptions } from '../../../src/http/watch-server.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { until } from '../../support/until.ts';
import { makeMemoryLog } from './tiny-server.ts';

const started: WatchServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

async function start(reach: Partial<WatchServerOptions['reach']> = {}, options: Partial<WatchServerOptions> = {}) {
  const server = await startWatchServer({
    host: '127.0.0.1',
    port: 0,
    setting: 'WORKER_PORT',
    reach: { allowedHosts: [], publicUrl: null, trustedProxies: ['loopback'], production: true, ...reach },
    readiness: () => ({ ready: true, facts: { waiting: 3 }, servers: { nodes: ['secret-7 HEALTHY'] } }),
    metrics: {
      contentType: 'text/plain',
      text: async () => 'tidemark_up 1\n',
    } as unknown as WatchServerOptions['metrics'],
    clock: systemClock,
    log: makeMemoryLog().log,
    ...options,
  });
  started.push(server);
  return server;
}

/** `fetch` does not let anybody choose the Host. */
async function asked(url: string, path: string, host: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('a process that is watched', () => {
  it('tells the names of servers in production only to people at this machine', async () => {
    const ready = async (reach: Partial<WatchServerOptions['reach']>, headers: Record<string, string> = {}) =>
      (await fetch(`${(await start(reach)).url}/readyz`, { headers })).json();
    const full = { status: 'ready', waiting: 3, nodes: ['secret-7 HEALTHY'] };
    const plain = { status: 'ready', waiting: 3 };
    expect(await ready({ production: false })).toEqual(full);
    expect(await ready({})).toEqual(plain);
    expect(await ready({ trustedProxies: [] })).toEqual(full);
    expect(await ready({ trustedProxies: [] }, { 'x-forwarded-for': '192.0.2.7' })).toEqual(plain);
  });

  it('answers by its names, and probes by any, without the names of servers', async () => {
    const { url } = await start({ production: false, allowedHosts: ['worker.example.com'] });
    expect(await asked(url, '/metrics', 'worker.example.com:9000')).toMatch(/^HTTP\/1.1 200 /);
    expect(await asked(url, '/metrics', 'evil.example')).toMatch(/^HTTP\/1.1 421 [\s\S]*HOST_UNKNOWN/);
    expect(await asked(url, '/metrics', 'a:99999')).toMatch(/^HTTP\/1.1 400 [\s\S]*BAD_REQUEST/);
    const probe = await asked(url, '/readyz', 'evil.example');
    expect(probe).toMatch(/^HTTP\/1.1 200 [\s\S]*"waiting":3/);
    expect(probe).not.toContain('secret-7');
  });

  it('keeps room for the next one, however many connections are open', async () => {
    const { url } = await start();
    const { hostname, port } = new URL(url);
    const open: Socket[] = [];
    let closed = 0;
    for (let place = 0; place < 150; place += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        closed += 1;
      });
      open.push(socket);
    }
    await until('some had to go', () => closed >= 50);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    for (const socket of open) socket.destroy();
  });
});
