import { Agent, request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { PortUnavailableError } from '../../../src/http/listen.ts';
import { reachableHere } from '../../../src/http/reach.ts';
import { startTinyServer } from './tiny-server.ts';

const page = { headers: { accept: 'text/html' } };

describe('GraphiQL', () => {
  it('comes as one page that loads nothing from elsewhere, compressed, and once only', async () => {
    const { server, url } = await startTinyServer();
    const response = await fetch(url, page);
    const html = await response.text();
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(html).toContain('every client reads its own writes');
    expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="(https?:)?\/\//);
    const again = await fetch(url, {
      headers: { ...page.headers, 'if-none-match': response.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    await server.stop();
  });

  it('comes uncompressed to those who ask for that', async () => {
    const { server, url } = await startTinyServer();
    const response = await fetch(url, { headers: { ...page.headers, 'accept-encoding': 'identity' } });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toContain('</html>');
    await server.stop();
  });

  it('can be switched off', async () => {
    const { server, url } = await startTinyServer({ graphiql: false });
    expect((await fetch(url, page)).status).not.toBe(200);
    await server.stop();
  });

  it('is where the front door leads without a page', async () => {
    const { server } = await startTinyServer();
    const response = await fetch(server.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
    await server.stop();
  });
});

describe('ports', () => {
  it('names PORT when the port is busy', async () => {
    const { server } = await startTinyServer();
    const second = startTinyServer({ port: server.port });
    await expect(second).rejects.toThrow(PortUnavailableError);
    await expect(second).rejects.toThrow(`PORT: ${server.port} on 127.0.0.1 is in use`);
    await server.stop();
  });

  it('takes another one when that is allowed', async () => {
    const first = await startTinyServer();
    const second = await startTinyServer({ port: first.server.port, orNextPort: true });
    expect(second.server.port).toBeGreaterThan(first.server.port);
    await Promise.all([first.server.stop(), second.server.stop()]);
  });
});

describe('a crowd', () => {
  it('is turned away with 503 once enough requests are being answered, and only then', async () => {
    const { server, post, gate } = await startTinyServer({
      reach: { ...reachableHere, limits: { ...reachableHere.limits, requests: 1 } },
    });
    const slow = post({ query: '{ slow }' });
    await gate.entered;
    const refused = await post({ query: '{ hello }' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await refused.json()).errors[0].extensions.code).toBe('OVERLOADED');
    gate.open();
    expect((await slow).status).toBe(200);
    expect((await post({ query: '{ hello }' })).status).toBe(200);
    await server.stop();
  });
});

describe('stopping', () => {
  it('lets running requests end, takes no new ones, and ends', async () => {
    const { server, post, gate, url } = await startTinyServer();
    const slow = post({ query: '{ slow }' });
    await gate.entered;
    const stopped = server.stop();
    await expect(fetch(url, { method: 'POST', headers: { connection: 'close' } })).rejects.toThrow();
    gate.open();
    expect(await (await slow).json()).toEqual({ data: { slow: 'late' } });
    await stopped;
  });

  it('does not wait for idle connections', async () => {
    const { server } = await startTinyServer();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(`${server.url}/livez`, { agent }, (response) =>
        response.resume().once('end', resolve),
      );
      request.once('error', reject).end();
    });
    await server.stop();
    agent.destroy();
  });

  it('cuts off what does not end within the grace time', async () => {
    const { server, post, gate, lines } = await startTinyServer({ shutdownGraceMs: 50 });
    const slow = post({ query: '{ slow }' });
    slow.catch(() => {});
    await gate.entered;
    await server.stop();
    await expect(slow).rejects.toThrow();
    expect(lines.map((line) => line.msg)).toContain('aborting requests that did not end in time');
    gate.open();
  });
});
