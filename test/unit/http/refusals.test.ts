import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { reachableHere } from '../../../src/http/reach.ts';
import { Refusals } from '../../../src/http/refusals.ts';
import { unmeasured } from '../../../src/platform/metrics.ts';
import { TickingClock } from '../../support/ticking-clock.ts';
import { until } from '../../support/until.ts';
import { makeMemoryLog, startTinyServer } from './tiny-server.ts';

describe('the log of those who were turned away', () => {
  it('names the first, and ten seconds later how many it has left out', async () => {
    const clock = new TickingClock();
    const { log, lines } = makeMemoryLog();
    const refusals = new Refusals({ clock, log, metrics: unmeasured });
    for (let come = 0; come < 5; come += 1) {
      refusals.count('host', { client: `192.0.2.${come}`, path: `/${'x'.repeat(200)}` });
    }
    refusals.count('timeout', { client: undefined });
    await clock.tick(10_000);
    refusals.count('host', { client: '192.0.2.9', path: '/graphql' });
    refusals.count('timeout', { client: '192.0.2.8' });
    const said = { level: 'warn', msg: 'refused requests or connections' };
    expect(lines).toEqual([
      { ...said, reason: 'host', client: '192.0.2.0', path: `/${'x'.repeat(99)}` },
      { ...said, reason: 'timeout', client: undefined },
      { ...said, reason: 'host', client: '192.0.2.9', path: '/graphql', unsaid: 4 },
      { ...said, reason: 'timeout', client: '192.0.2.8' },
    ]);
  });

  it('has a line for a client with too many requests, and one for headers that are too large, with nothing of what they sent', async () => {
    const reach = { ...reachableHere, limits: { ...reachableHere.limits, requestsPerClient: 1 } };
    const { server, post, gate, lines, url } = await startTinyServer({ reach });
    const slow = post({ query: '{ slow }' });
    await gate.entered;
    expect((await post({ query: '{ hello }', secret: 'hunter2' })).status).toBe(429);
    gate.open();
    await slow;
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(`GET /graphql HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${'hunter2'.repeat(4000)}\r\n\r\n`);
    });
    socket.on('error', () => undefined);
    socket.resume();
    const reasons = () =>
      lines.filter(({ msg }) => msg === 'refused requests or connections').map(({ reason }) => reason);
    await until('both are told', async () => reasons().length >= 2);
    expect(reasons()).toEqual(['requests_of_client', 'headers_too_large']);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    socket.destroy();
    await server.stop();
  });
});
