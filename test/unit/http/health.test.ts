import { describe, expect, it } from 'vitest';
import { clusterHealth } from '../../../src/cluster/cluster-health.ts';
import { afterFailedProbe, afterGoodProbe } from '../../../src/cluster/health.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';
import { startTinyServer } from './tiny-server.ts';

const policy = { failureThreshold: 1, recoveryThreshold: 1, maxLagMs: 30_000, minServingReplicas: 0 };
const good = (name: string, given = {}): NodeStatus => {
  const node = makeNode(name, { host: '10.1.2.3' });
  return afterGoodProbe(unseen(node), makeReport(name === 'source' ? 'SOURCE' : 'REPLICA', given), 0, policy);
};
const down = (name: string): NodeStatus => afterFailedProbe(unseen(makeNode(name)), 'refused the connection', policy);

async function serve(...statuses: readonly NodeStatus[]) {
  const { server } = await startTinyServer({ health: () => clusterHealth(statuses, 500) });
  const ask = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return { status: response.status, body: await response.json(), retryAfter: response.headers.get('retry-after') };
  };
  return { ask, server };
}

describe('/livez', () => {
  it('says that the process lives, whatever the servers do', async () => {
    const { ask, server } = await serve(down('source'));
    expect(await ask('/livez')).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect((await fetch(`${server.url}/livez`, { method: 'POST' })).status).toBe(405);
    await server.stop();
  });
});

describe('readiness', () => {
  it('is there while reads and writes are answered, and names what is missing', async () => {
    const { ask, server } = await serve(good('source'), down('replica-1'));
    for (const path of ['/readyz', '/readyz/read', '/readyz/write']) {
      expect(await ask(path)).toMatchObject({
        status: 200,
        body: {
          status: 'ready',
          verdict: 'DEGRADED',
          nodes: ['source HEALTHY', 'replica-1 DOWN (refused the connection)'],
        },
      });
    }
    await server.stop();
  });

  it('is there for reads and not for writes without a source', async () => {
    const { ask, server } = await serve(down('source'), good('replica-1'));
    expect((await ask('/readyz')).status).toBe(200);
    expect((await ask('/readyz/read')).body).toMatchObject({ reads: true, writes: false });
    expect(await ask('/readyz/write')).toMatchObject({
      status: 503,
      retryAfter: '1',
      body: { status: 'unavailable', code: 'SOURCE_UNAVAILABLE', reads: true, writes: false },
    });
    await server.stop();
  });

  it('says so when nothing can be done at all', async () => {
    const { ask, server } = await serve(down('source'), down('replica-1'));
    expect(await ask('/readyz')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', code: 'LIMITED_FUNCTIONALITY', verdict: 'DOWN' },
    });
    expect((await ask('/readyz/read')).status).toBe(503);
    expect((await ask('/readyz/write')).status).toBe(503);
    await server.stop();
  });

  it('is asked for once a second at most', async () => {
    let asked = 0;
    let nowMs = 0;
    const clock = {
      now: () => nowMs,
      monotonic: () => nowMs,
      sleep: () => new Promise<void>(() => {}),
      after: () => () => {},
    };
    const health = () => {
      asked += 1;
      return clusterHealth([good('source')], nowMs);
    };
    const { server } = await startTinyServer({ health, clock });
    for (const path of ['/readyz', '/readyz/write', '/health/source', '/health/nobody']) {
      await fetch(`${server.url}${path}`);
    }
    nowMs = 999;
    await fetch(`${server.url}/readyz`);
    expect(asked).toBe(1);
    nowMs = 1000;
    await fetch(`${server.url}/health/source`);
    expect(asked).toBe(2);
    await server.stop();
  });

  it('is not there when it cannot be told, and tells no secrets', async () => {
    const { server } = await startTinyServer({ health: () => Promise.reject(new Error('secret')) });
    for (const path of ['/readyz', '/readyz/write', '/health/source']) {
      const response = await fetch(`${server.url}${path}`);
      expect([response.status, await response.json()]).toEqual([503, { status: 'unavailable' }]);
    }
    await server.stop();
  });
});

describe('/health/<node>', () => {
  it('says how one node is, without its address', async () => {
    const { ask, server } = await serve(good('source'), good('replica-1', { applier: 'STOPPED', lagMs: null }));
    const { status, body } = await ask('/health/replica-1');
    expect(status).toBe(200);
    expect(body).toEqual({
      name: 'replica-1',
      state: 'DEGRADED',
      role: 'REPLICA',
      configuredRole: 'REPLICA',
      position: '0-1-1',
      delayMs: 0,
      lagMs: null,
      lagTransactions: 0,
      applier: 'STOPPED',
      trouble: 'has stopped applying',
      ageMs: 500,
    });
    await server.stop();
  });

  it('is 503 for a node that does not answer', async () => {
    const { ask, server } = await serve(good('source'), down('replica-1'));
    expect(await ask('/health/replica-1')).toMatchObject({ status: 503, body: { state: 'DOWN', role: null } });
    await server.stop();
  });

  it.each(['nobody', '%E0%A4%A', 'a%2Fb', '__proto__'])('is a typed 404 for an unknown name: %s', async (name) => {
    const { ask, server } = await serve(good('source'));
    const { status, body } = await ask(`/health/${name}`);
    expect(status).toBe(404);
    expect(body.errors[0]).toEqual({
      message: 'There is no node of this name. Nodes: source.',
      extensions: { code: 'NODE_UNKNOWN' },
    });
    await server.stop();
  });

  it('finds names with characters that a URL must escape', async () => {
    const { ask, server } = await serve(good('replica eu/1'));
    expect((await ask('/health/replica%20eu%2F1')).status).toBe(200);
    await server.stop();
  });
});
