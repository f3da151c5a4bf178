import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectionLimits } from '../../../src/http/connections.ts';
import { PrometheusMetrics } from '../../../src/http/prometheus.ts';
import { type Reach, reachableHere } from '../../../src/http/reach.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { until } from '../../support/until.ts';
import { startTinyServer } from './tiny-server.ts';

const reachWith = (limits: Partial<Reach['limits']>): Reach => ({
  ...reachableHere,
  limits: { ...reachableHere.limits, ...limits },
});
const measured = () => new PrometheusMetrics({ clock: systemClock });
const counted = async (served: PrometheusMetrics, reason: string) =>
  Number(new RegExp(`tidemark_http_refused_total\\{reason="${reason}"\\} (\\d+)`).exec(await served.text())?.[1] ?? 0);
const from = (address: string) => ({ 'x-forwarded-for': address });
const asksForEvents = { accept: 'text/event-stream' };
const tide = { query: 'subscription { tide }' };
const codeOf = async (response: Response) => (await response.json()).errors[0].extensions.code;

/** Sends the head of a request, and a part of its body. */
function beginPost(url: string, address: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\nx-forwarded-for: ${address}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`,
      );
      resolve(socket);
    });
    socket.on('error', () => undefined);
  });
}

function answerOn(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('}]}')) resolve(text);
    });
    socket.once('close', () => resolve(text));
  });
}

describe('streams', () => {
  it('are bounded for one client, and leave the others theirs', async () => {
    const served = measured();
    const { server, post, gate } = await startTinyServer({ served, reach: reachWith({ streamsPerClient: 2 }) });
    const open = () => post(tide, { ...asksForEvents, ...from('192.0.2.1') });
    const streams = [await open(), await open()];
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await refused.text()).toContain('"code":"TOO_MANY_STREAMS"');
    const other = await post(tide, { ...asksForEvents, ...from('192.0.2.2') });
    expect([other.status, other.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await counted(served, 'streams_of_client')).toBe(1);
    // One that is left makes room.
    await streams[0]?.body?.cancel();
    await until('the stream is gone', async () => / *tidemark_http_streams 2$/m.test(await served.text()));
    expect((await open()).status).toBe(200);
    gate.open();
    await server.stop();
  });

  it('are bounded in all', async () => {
    const { server, post, gate } = await startTinyServer({ reach: reachWith({ streams: 1 }) });
    await post(tide, { ...asksForEvents, ...from('192.0.2.1') });
    const refused = await post(tide, { accept: 'application/json', ...from('192.0.2.2') });
    expect([refused.status, await codeOf(refused)]).toEqual([503, 'TOO_MANY_STREAMS']);
    gate.open();
    await server.stop();
  });

  it('take nothing away from requests', async () => {
    const { server, post, gate } = await startTinyServer({ reach: reachWith({ requests: 2 }) });
    for (let opened = 0; opened < 10; opened += 1) await post(tide, asksForEvents);
    expect((await post({ query: '{ hello }' })).status).toBe(200);
    gate.open();
    await server.stop();
  });
});

describe('requests whose body does not come', () => {
  it('take nothing away from the others, and are bounded for one client and in all', async () => {
    const served = measured();
    const reach = reachWith({ requests: 3, requestsPerClient: 2, bodies: 3, bodiesPerClient: 2 });
    const { server, post, url } = await startTinyServer({ served, reach });
    const slow = [await beginPost(url, '192.0.2.1'), await beginPost(url, '192.0.2.1')];
    await until('two wait', async () => /^tidemark_http_bodies 2$/m.test(await served.text()));
    const third = await answerOn(await beginPost(url, '192.0.2.1'));
    expect(third).toMatch(/^HTTP\/1\.1 429 /);
    expect(third).toContain('"code":"OVERLOADED"');
    slow.push(await beginPost(url, '192.0.2.2'));
    await until('three wait', async () => /^tidemark_http_bodies 3$/m.test(await served.text()));
    expect(await answerOn(await beginPost(url, '192.0.2.3'))).toMatch(/^HTTP\/1\.1 503 /);
    // Who has been slow for long makes room.
    await until(
      'others are served',
      async () => (await post({ query: '{ hello }' }, from('192.0.2.1'))).status === 200,
    );
    await until(
      'others are served',
      async () => (await post({ query: '{ hello }' }, from('192.0.2.9'))).status === 200,
    );
    for (const socket of slow) socket.destroy();
    await until('none waits', async () => /^tidemark_http_bodies 0$/m.test(await served.text()));
    await server.stop();
  });
});

describe('requests', () => {
  it('are bounded for one client', async () => {
    const { server, post, gate } = await startTinyServer({ reach: reachWith({ requestsPerClient: 1 }) });
    const slow = post({ query: '{ slow }' }, from('192.0.2.1'));
    await gate.entered;
    const refused = await post({ query: '{ hello }' }, from('192.0.2.1'));
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'OVERLOADED']);
    expect((await post({ query: '{ hello }' }, from('192.0.2.2'))).status).toBe(200);
    gate.open();
    expect((await slow).status).toBe(200);
    expect((await post({ query: '{ hello }' }, from('192.0.2.1'))).status).toBe(200);
    await server.stop();
  });
});

describe('connections', () => {
  const open = (port: number) =>
    new Promise<Socket>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket));
      socket.on('error', () => undefined);
    });

  it('that are idle for the longest make room for new ones', async () => {
    const served = measured();
    const { server, post } = await startTinyServer({
      served,
      reach: reachWith({ connections: { all: 20, perClient: 20 } }),
    });
    const closed: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      const socket = await open(server.port);
      socket.once('close', () => closed.push(index));
    }
    expect((await post({ query: '{ hello }' })).status).toBe(200);
    await until('the first ones are closed', () => closed.length >= 20);
    expect(closed).toContain(0);
    expect(closed).not.toContain(39);
    expect(await counted(served, 'idle_connection_closed')).toBeGreaterThanOrEqual(20);
    await server.stop();
  });

  it('of one client are bounded, those of a trusted proxy only in all', async () => {
    const limits = { connections: { all: 20, perClient: 2 } };
    const strict = await startTinyServer({ reach: { ...reachWith(limits), trustedProxies: ['192.0.2.1'] } });
    await open(strict.server.port);
    await open(strict.server.port);
    const refused = await open(strict.server.port);
    expect(await answerOn(refused)).toMatch(/^(HTTP\/1\.1 429 .*)?/s);
    await until('it is closed', () => refused.destroyed);
    await strict.server.stop();
    const trusting = await startTinyServer({ reach: reachWith(limits) });
    const sockets = [
      await open(trusting.server.port),
      await open(trusting.server.port),
      await open(trusting.server.port),
    ];
    expect((await trusting.post({ query: '{ hello }' })).status).toBe(200);
    expect(sockets.some((socket) => socket.destroyed)).toBe(false);
    await trusting.server.stop();
  });

  it.each([
    [{ connections: 'auto', connectionsPerClient: 'auto' }, 256, 64, { all: 92, perClient: 46 }],
    [{ connections: 'auto', connectionsPerClient: 'auto' }, 100, 64, { all: 16, perClient: 8 }],
    [{ connections: 'auto', connectionsPerClient: 'auto' }, 1_000_000, 64, { all: 10_000, perClient: 5000 }],
    [{ connections: 'auto', connectionsPerClient: 'auto' }, null, 64, { all: 10_000, perClient: 5000 }],
    [{ connections: 300, connectionsPerClient: 7 }, 256, 64, { all: 300, perClient: 7 }],
  ] as const)('default to what the descriptors leave: %o of %s', (told, descriptors, forServers, limits) => {
    expect(connectionLimits(told, descriptors, forServers)).toEqual(limits);
  });
});

describe('names', () => {
  const send = (url: string, host: string, path = '/graphql', method = 'POST') =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const headers = { host, 'content-type': 'application/json', origin: `http://${host}` };
      const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode, text }));
      });
      request.once('error', reject);
      request.end(method === 'POST' ? JSON.stringify({ query: 'mutation { brew }' }) : undefined);
    });

  it('that are not listed reach nothing but the probes, and are told which setting lists them', async () => {
    const { server, url, lines } = await startTinyServer();
    const refused = await send(url, 'evil.example');
    expect(refused.status).toBe(421);
    expect(refused.text).toContain('ALLOWED_HOSTS');
    expect(refused.text).toContain('HOST_UNKNOWN');
    expect((await send(url, 'evil.example', '/', 'GET')).status).toBe(421);
    expect((await send(url, 'probe.example', '/livez', 'GET')).status).toBe(200);
    expect((await send(url, 'probe.example', '/readyz', 'GET')).text).not.toContain('nodes');
    expect((await send(url, '10.1.2.3:4000')).status).toBe(200);
    expect((await send(url, 'a:99999')).status).toBe(400);
    // Said once, not three times: the next ones are only counted.
    expect(lines.filter(({ reason }) => reason === 'host')).toHaveLength(1);
    await server.stop();
  });

  it('come once', async () => {
    const { server } = await startTinyServer();
    const socket = connect({ host: '127.0.0.1', port: server.port });
    socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n');
    expect(await answerOn(socket)).toMatch(/^HTTP\/1\.1 400 /);
    await server.stop();
  });
});

describe('what is no HTTP', () => {
  it('is refused, counted, and said once', async () => {
    const served = measured();
    const { server, lines } = await startTinyServer({ served });
    for (let sent = 0; sent < 3; sent += 1) {
      const socket = connect({ host: '127.0.0.1', port: server.port });
      socket.write('\u0000\r\n\r\n');
      expect(await answerOn(socket)).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(await counted(served, 'malformed')).toBe(3);
    expect(lines.filter(({ reason }) => reason === 'malformed')).toMatchObject([{ client: '127.0.0.1' }]);
    await server.stop();
  });
});
