/** What the log says of who came, and what they are told who are not from here. */
import { afterEach, describe, expect, it } from 'vitest';
import { clusterHealth } from '../../../src/cluster/cluster-health.ts';
import { afterFailedProbe } from '../../../src/cluster/health.ts';
import { unseen } from '../../../src/cluster/node-status.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { reachableHere } from '../../../src/http/reach.ts';
import { RoutingLog } from '../../../src/routing/routing-log.ts';
import { makeNode } from '../../support/scripted-probe.ts';
import { until } from '../../support/until.ts';
import { startTinyServer } from './tiny-server.ts';

type Tiny = Awaited<ReturnType<typeof startTinyServer>>;
const started: Tiny[] = [];
async function start(...given: Parameters<typeof startTinyServer>): Promise<Tiny> {
  const tiny = await startTinyServer(...given);
  started.push(tiny);
  return tiny;
}
afterEach(async () => {
  for (const { server, gate } of started.splice(0)) {
    gate.open();
    await server.stop();
  }
});

const visitor = { 'x-forwarded-for': '192.0.2.7', 'user-agent': `curl/8 ${'x'.repeat(200)}` };
const came = { client: '192.0.2.7', agent: `curl/8 ${'x'.repeat(73)}` };

describe('the log says who came, and with what', () => {
  it.each([
    ['a question that is answered', { query: 'query Mine { hello }' }, { msg: 'answered', operation: 'Mine' }],
    ['one that is refused', { query: '{ nothing }' }, { msg: 'answered', errors: ['GRAPHQL_VALIDATION_FAILED'] }],
    ['a document that is none', { query: '{' }, { msg: 'answered', errors: ['GRAPHQL_PARSE_FAILED'] }],
    ['a body that is none', 'nonsense', { msg: 'answered', errors: ['BAD_REQUEST'] }],
    ['a body that is too large', `"${'x'.repeat(300_000)}"`, { msg: 'answered', errors: ['REQUEST_TOO_LARGE'] }],
  ])('%s', async (_, body, line) => {
    const { post, lines } = await start();
    await (await post(body, visitor)).text();
    await until('it is said', () => lines.some(({ msg }) => msg === line.msg));
    expect(lines.filter(({ msg }) => msg === line.msg)).toMatchObject([{ ...came, ...line }]);
  });

  it('a stream, when it is opened', async () => {
    const { post, lines } = await start();
    const stream = await post({ query: 'subscription Mine { tide }' }, { ...visitor, accept: 'text/event-stream' });
    await until('it is said', () => lines.some(({ msg }) => msg === 'stream opened'));
    const [line] = lines.filter(({ msg }) => msg === 'stream opened');
    expect(line).toMatchObject({ ...came, operation: 'Mine', type: 'subscription' });
    await stream.body?.cancel();
  });
});

describe('names of servers', () => {
  const health = () => clusterHealth([afterFailedProbe(unseen(makeNode('secret-7')), 'is gone', policy)], 0);
  const policy = { failureThreshold: 1, recoveryThreshold: 1, maxLagMs: 1000, minServingReplicas: 0 };
  const paths = ['/readyz', '/readyz/read', '/readyz/write', '/health/nobody'];

  const asked = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).text();

  it.each(paths)('are for people at this machine, where no proxy is expected at it: %s', async (path) => {
    const { server } = await start({ health, reach: { ...reachableHere, trustedProxies: [], production: true } });
    const url = server.url + path;
    expect(await asked(url)).toContain('secret-7');
    // There is one all the same, whatever it says of whom it asks for.
    for (const headers of [visitor, { 'x-forwarded-for': '127.0.0.1' }, { via: '1.1 edge' }, { 'x-real-ip': '::1' }]) {
      expect(await asked(url, headers)).not.toContain('secret-7');
    }
  });

  it.each(paths)(
    'are not told through a proxy at this machine that says nothing of whom it asks for: %s',
    async (path) => {
      const { server } = await start({ health, reach: { ...reachableHere, production: true } });
      expect(await asked(server.url + path)).not.toContain('secret-7');
      const near = await start({ health, reach: { ...reachableHere, production: false } });
      expect(await asked(near.server.url + path)).toContain('secret-7');
    },
  );

  it('and without any server are reported with the requested one', async () => {
    const { server } = await start({ health, reach: { ...reachableHere, production: true } });
    const answer = await fetch(`${server.url}/health/secret-7`, { headers: visitor });
    expect([answer.status, await answer.json()]).toEqual([503, { name: 'secret-7', state: 'DOWN' }]);
  });
});

it('a refused stream of routed operations says what its listeners are told of', async () => {
  const log = new RoutingLog(10);
  const { post } = await start({ schema, routingLog: log });
  const open = () => post({ query: 'subscription { routingLogged { name } }' }, { accept: 'text/event-stream' });
  const streams = await Promise.all(Array.from({ length: 20 }, open));
  expect(await (await open()).text()).toMatch(/Too many listeners to routed operations \(at most 20 per client\)/);
  await Promise.all(streams.map(({ body }) => body?.cancel()));
});
