import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { type ApiProcess, startApiProcess } from '../consistency/api-process.ts';
import { type Sample, SteadyLoad } from '../faults/steady-load.ts';
import { ask } from '../support/in-process-api.ts';
import { crowd, squeeze, stopFor } from '../support/squeeze.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// A process of its own, as operators run it: what keeps it from running comes from outside.
let cluster: TestCluster;
let api: ApiProcess;
let since: string;
let users = 0;

/** Of the API: on a machine that others use as well, a process that is stopped for half of the time takes long for a write. */
const requestTimeoutMs = 60_000;
/** Of its clients: what is refused the API refuses. */
const patienceMs = requestTimeoutMs + 10_000;

beforeAll(async () => {
  cluster = await startTestCluster();
  api = await startApiProcess(cluster, { environment: { REQUEST_TIMEOUT_MS: String(requestTimeoutMs) } });
});

beforeEach(async () => {
  await until(
    'all are well',
    async () => (await ask(asTestApi(), '{ cluster { verdict } }')).data.cluster.verdict === 'HEALTHY',
  );
  since = new Date(systemClock.now()).toISOString();
});

afterEach(async () => {
  for (const { name } of cluster.cluster.nodes) await onServer(name, ...defaultTimeouts);
});

afterAll(async () => {
  await api.stop();
  await cluster.stop();
});

const defaultTimeouts = ['SET GLOBAL wait_timeout = 28800', 'SET GLOBAL interactive_timeout = 28800'];
const asTestApi = () => ({ url: api.url, stop: async () => undefined });

async function onServer(name: string, ...statements: readonly string[]): Promise<void> {
  const admin = await cluster.admin(name);
  for (const statement of statements) await admin.query(statement);
  await admin.end();
}

/** What the process has said of the servers since the test began. */
async function told(): Promise<readonly string[]> {
  const { data } = await ask(asTestApi(), '{ clusterEventLog(last: 200) { at name node } }');
  const events: { at: string; name: string; node: string | null }[] = data.clusterEventLog;
  return events.filter(({ at }) => at >= since).map(({ name, node }) => `${name} ${node}`);
}

/** What steady clients meet while something goes on. */
async function load(during: () => Promise<void>): Promise<readonly Sample[]> {
  users += 1;
  const ending = new AbortController();
  const steady = new SteadyLoad({
    endpoints: [api, api],
    readers: 4,
    writers: 3,
    userId: String(9000 + users),
    patienceMs,
  });
  const running = steady.run(ending.signal);
  try {
    await steady.begun(AbortSignal.timeout(30_000));
    await during();
  } finally {
    ending.abort();
    await running;
  }
  expect(steady.samples.length).toBeGreaterThan(3);
  expect(steady.writes.filter(({ acknowledged }) => !acknowledged)).toEqual([]);
  return steady.samples;
}

/** The API is away for longer than a probe, a wait for a connection and the servers' patience last. */
async function stops(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await stopFor(api.pid, 3000);
    await systemClock.sleep(1500);
  }
}

/** Whoever was refused, or had no answer, and how long that took. */
const errors = (samples: readonly Sample[]) =>
  samples.flatMap(({ kind, error, startedMs, endedMs }) =>
    error === null ? [] : [`${kind} ${error} after ${Math.round(endedMs - startedMs)} ms`],
  );

describe('a process that is short of its own time blames no server', () => {
  it('when it was stopped for three seconds repeatedly', async () => {
    const samples = await load(() => stops(3));
    expect([errors(samples), await told()]).toEqual([[], []]);
  });

  it('when it gets a fifth of a processor', async () => {
    const samples = await load(() => squeeze(api.pid, { runMs: 20, stopMs: 80 }, 10_000));
    expect([errors(samples), await told()]).toEqual([[], []]);
  });

  it('when ten others want the processors as well', async () => {
    let endOthers = () => {};
    const samples = await load(async () => {
      endOthers = crowd(10, 60_000);
      await systemClock.sleep(30_000);
      endOthers();
    }).finally(() => endOthers());
    expect([errors(samples), await told()]).toEqual([[], []]);
  });
});

describe('a connection that is closed says nothing of its server', () => {
  it.each(['busy', 'idle', 'stopped'] as const)(
    'to servers that close what is idle for a few seconds, while the API is %s',
    async (how) => {
      const short = ['SET GLOBAL wait_timeout = 2', 'SET GLOBAL interactive_timeout = 2'];
      for (const { name } of cluster.cluster.nodes) await onServer(name, ...short);
      // Connections that are open already keep the time that they have.
      await endConnections();
      if (how === 'idle') await systemClock.sleep(7000);
      const samples = await load(() =>
        how === 'stopped' ? stops(3) : systemClock.sleep(how === 'busy' ? 8000 : 3000),
      );
      expect([errors(samples), await told()]).toEqual([[], []]);
    },
  );

  it('when all of them are killed', async () => {
    const samples = await load(async () => {
      for (let round = 0; round < 5; round += 1) {
        await systemClock.sleep(500);
        await endConnections();
      }
      await systemClock.sleep(500);
    });
    expect([errors(samples), await told()]).toEqual([[], []]);
  });

  it('but a server that is gone is gone at once', async () => {
    const samples = await load(async () => {
      await cluster.kill('replica-1');
      await until('it is told', async () => (await told()).includes('NODE_DOWN replica-1'));
    });
    expect(errors(samples)).toEqual([]);
    await cluster.restart('replica-1');
  });
});

describe('a process that is short of its own time tells all the same of a source that', () => {
  it.each([
    ['was killed', () => cluster.kill('source'), () => cluster.restart('source')],
    ['hangs', async () => cluster.pause('source'), async () => cluster.resume('source')],
  ])('%s', async (_, fall, mend) => {
    const ending = new AbortController();
    const steady = new SteadyLoad({ endpoints: [api, api], readers: 4, writers: 0, userId: '8999', patienceMs });
    const running = steady.run(ending.signal);
    await steady.begun(AbortSignal.timeout(30_000));
    const squeezed = squeeze(api.pid, { runMs: 20, stopMs: 80 }, 40_000, ending.signal);
    await systemClock.sleep(2000);
    try {
      await fall();
      await until('it is told', async () => (await told()).includes('SOURCE_LOST source'));
    } finally {
      ending.abort();
      await Promise.all([squeezed, mend(), running]);
    }
    expect(steady.samples.filter(({ error }) => error !== null)).toEqual([]);
  });
});

/** Of the application, on all servers. */
async function endConnections(): Promise<void> {
  for (const { name } of cluster.cluster.nodes) {
    const admin = await cluster.admin(name);
    const { user } = cluster.cluster.credentials.app;
    const rows: { id: number }[] = await admin.query('SELECT id FROM information_schema.processlist WHERE user = ?', [
      user,
    ]);
    for (const { id } of rows) await admin.query(`KILL ${Number(id)}`).catch(() => undefined);
    await admin.end();
  }
}
