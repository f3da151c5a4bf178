import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeEpoch } from '../../src/consistency/epoch.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { TestFailover } from '../support/failover.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { count, createOrder, one, withToken } from '../support/orders-over-http.ts';
import { subscribe } from '../support/server-sent-events.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

let cluster: TestCluster;
let failover: TestFailover;
let api: TestApi;
let errant: Awaited<ReturnType<typeof subscribe>>;

async function begin(): Promise<void> {
  api = await startApi({ ...environmentFor(cluster), MIGRATION_URL: '', MONITOR_INTERVAL_MS: '200' });
  errant = await subscribe(
    api.url,
    'subscription { clusterEvents(names: [ERRANT_TRANSACTION_FOUND]) { name node facts { name value } } }',
  );
}

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  failover = new TestFailover(cluster);
  await begin();
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
});

const patience = { timeout: 30_000, interval: 50 };

async function admin(name: string, sql: string) {
  const connection = await cluster.admin(name);
  try {
    return await connection.query(sql);
  } finally {
    await connection.end();
  }
}

/** The replica gets nothing more from the source, and goes on applying. */
const stopReceiving = (name: string) =>
  admin(name, testFlavour() === 'mysql' ? 'STOP REPLICA IO_THREAD' : 'STOP SLAVE IO_THREAD');

/** As the API sees the server. */
async function seen(name: string): Promise<{ state: string; trouble: string | null }> {
  const { data } = await ask(api, '{ cluster { nodes { name state trouble } } }');
  return data.cluster.nodes.find((node: { name: string }) => node.name === name);
}

/** Somebody with rights enough to write where nobody should. */
async function writeOn(name: string, sql: string): Promise<void> {
  const mysql = testFlavour() === 'mysql';
  if (mysql) await admin(name, 'SET GLOBAL super_read_only = OFF');
  await admin(name, sql);
  if (mysql) await admin(name, 'SET GLOBAL super_read_only = ON');
}

const holdsErrant = { state: 'DEGRADED', trouble: expect.stringContaining('that its source has never had: ') };

async function writesAgain(): Promise<string> {
  let token = '';
  await expect
    .poll(async () => {
      token = await createOrder(api).then(
        (created) => created.token,
        () => '',
      );
      return token !== '';
    }, patience)
    .toBe(true);
  return token;
}

/** One story on one cluster: each chapter begins where the one before has ended. */
describe.sequential('a source that loses its machine', () => {
  let survived: Awaited<ReturnType<typeof createOrder>>;
  let lost: Awaited<ReturnType<typeof createOrder>>;

  it('is not replaced while it answers', async () => {
    const { decision } = await failover.promote('replica-1');
    expect(decision).toMatchObject({ verdict: 'refused' });
    const { decision: unasked } = await failover.promote(null, { onlyIfSourceDown: true });
    expect(unasked).toEqual({ verdict: 'nothing', why: 'source is the source and answers' });
  });

  it('is replaced by the replica that has received most, which no replica that lacks something can be unless forced', async () => {
    survived = await createOrder(api);
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    await stopReceiving('replica-2');
    const more = await createOrder(api);
    await caughtUp(cluster, 'replica-1');
    await stopReceiving('replica-1');
    lost = await createOrder(api);
    await cluster.kill('source');
    const { decision: refusal } = await failover.promote('replica-2');
    expect(refusal).toMatchObject({ verdict: 'refused' });
    expect(JSON.stringify(refusal)).toContain('replica-2 lacks 1 transactions that replica-1 has');
    const { decision, outcome, source } = await failover.promote(null);
    expect(decision).toMatchObject({ verdict: 'go', notes: [] });
    expect({ outcome, source }).toEqual({ outcome: { leftOut: [] }, source: 'replica-1' });
    const read = await ask(api, one, { variables: { id: more.id }, headers: withToken(more.token) });
    expect({ errors: read.errors, order: read.data?.order?.id }).toEqual({ errors: [], order: more.id });
  });

  it('has nothing left to be done when the same command runs again', async () => {
    const { decision } = await failover.promote('replica-1');
    expect(decision).toEqual({ verdict: 'nothing', why: 'replica-1 is the source already' });
  });

  it('leaves an API that writes to the new source without a restart', async () => {
    const token = await writesAgain();
    const read = await ask(api, count, { headers: withToken(token) });
    expect(read.errors).toEqual([]);
  });

  it('tells a client whose write did not survive, although its number exists again', async () => {
    const read = await ask(api, one, { variables: { id: lost.id }, headers: withToken(lost.token) });
    expect(read.code).toBe('WRITE_LOST');
  });

  it('tells that client without the record of the promotion as well: the log has another writer at that number', async () => {
    const [row] = await admin('replica-1', 'SELECT * FROM cluster_epochs WHERE epoch = 2');
    const epochsOn = async (name: string) => (await admin(name, 'SELECT epoch FROM cluster_epochs')).length;
    const everywhere = async () => [await epochsOn('replica-1'), await epochsOn('replica-2')];
    // Who has seen the record puts it back.
    await api.stop();
    await admin('replica-1', 'DELETE FROM cluster_epochs WHERE epoch = 2');
    await expect.poll(everywhere, patience).toEqual([1, 1]);
    const forgetful = await startApi({ ...environmentFor(cluster), MIGRATION_URL: '' });
    try {
      const read = await ask(forgetful, one, { variables: { id: lost.id }, headers: withToken(lost.token) });
      expect(read.code).toBe('WRITE_LOST');
      const kept = await ask(forgetful, one, { variables: { id: survived.id }, headers: withToken(survived.token) });
      expect(kept.data?.order?.id).toBe(survived.id);
    } finally {
      await forgetful.stop();
      await admin('replica-1', 'DELETE FROM cluster_epochs WHERE epoch = 2');
      const connection = await cluster.admin('replica-1');
      await connection.query('INSERT INTO cluster_epochs VALUES (?, ?, ?, ?)', Object.values(row));
      await connection.end();
    }
    await expect.poll(everywhere, patience).toEqual([2, 2]);
    await begin();
  });

  it('keeps the promise of tokens whose writes survived', async () => {
    const read = await ask(api, one, { variables: { id: survived.id }, headers: withToken(survived.token) });
    expect(read.data?.order?.id).toBe(survived.id);
  });

  it('is never written to when it returns, and is refused as a replica with its errant transactions named', async () => {
    await cluster.cluster.startNode('source');
    // As if it had come back by itself, believing in itself.
    await admin(
      'source',
      testFlavour() === 'mysql' ? 'SET GLOBAL super_read_only = OFF' : 'SET GLOBAL read_only = OFF',
    );
    await admin('source', testFlavour() === 'mysql' ? 'SET GLOBAL read_only = OFF' : 'DO 1');
    const [before] = await admin('source', 'SELECT COUNT(*) AS orders FROM orders');
    const until = performance.now() + 2000;
    while (performance.now() < until) await createOrder(api);
    expect(await admin('source', 'SELECT COUNT(*) AS orders FROM orders')).toEqual([before]);
    const { decision, source } = await failover.rejoin('source');
    expect(source).toBe('replica-1');
    expect(decision).toMatchObject({ verdict: 'refused' });
    expect(JSON.stringify(decision)).toContain('source holds transactions that did not survive');
  });

  it('is reported once to hold transactions that no other server has, and which', async () => {
    await expect.poll(() => seen('source'), patience).toMatchObject(holdsErrant);
    expect(errant.told.map(({ name, node }) => `${name} ${node}`)).toEqual(['ERRANT_TRANSACTION_FOUND source']);
    const { facts } = errant.told[0] ?? {};
    expect(facts).toContainEqual({ name: 'transactions', value: expect.stringMatching(/^[0-9a-f-]+:?\d+$/) });
  });
});

describe.sequential('an old source whose errant transactions are thrown away', () => {
  it('is given what the present source holds, follows it, and serves reads', async () => {
    for (let order = 0; order < 3; order += 1) await createOrder(api);
    const { decision, outcome } = await failover.rejoin('source', { discard: true });
    expect(decision).toMatchObject({ verdict: 'go' });
    expect(JSON.stringify(decision)).toContain('source holds transactions that did not survive');
    expect(outcome).toEqual({ leftOut: [] });
    await expect.poll(() => seen('source'), patience).toMatchObject({ state: 'HEALTHY', trouble: null });
    const created = await createOrder(api);
    await expect
      .poll(async () => {
        const asking = { variables: { id: created.id }, headers: withToken(created.token) };
        const read = await ask(api, one, asking);
        expect(read.data?.order?.id).toBe(created.id);
        return read.consistency?.servedBy;
      }, patience)
      .toEqual({ node: 'source', role: 'REPLICA' });
  });

  it('holds the same rows as all others, and none of the lost ones', async () => {
    const rows = (name: string) => admin(name, 'SELECT id, number, total, created_at FROM orders ORDER BY id');
    await expect.poll(() => rows('source'), patience).toEqual(await rows('replica-1'));
    expect(await failover.rejoin('source')).toMatchObject({ decision: { verdict: 'nothing' } });
  });
});

describe.sequential('a source that hands over', () => {
  it('does so while clients write, and loses nothing that was acknowledged', async () => {
    let over = false;
    const acknowledged: string[] = [];
    const writing = Array.from({ length: 4 }, async () => {
      while (!over) {
        const created = await createOrder(api).catch(() => null);
        if (created !== null) acknowledged.push(created.id);
      }
    });
    await expect.poll(() => acknowledged.length, patience).toBeGreaterThan(20);
    const { decision, outcome, source } = await failover.switchover('replica-2');
    expect(decision).toMatchObject({ verdict: 'go' });
    expect({ outcome, source }).toEqual({ outcome: { leftOut: [] }, source: 'replica-2' });
    const handedOver = acknowledged.length;
    await expect.poll(() => acknowledged.length, patience).toBeGreaterThan(handedOver + 20);
    over = true;
    await Promise.all(writing);
    for (const id of acknowledged) {
      const read = await ask(api, one, { variables: { id }, headers: { 'x-consistency-level': 'strong' } });
      expect(read.data?.order?.id).toBe(id);
    }
  });

  it('follows the new source', async () => {
    const { decision } = await failover.rejoin('replica-1');
    expect(decision).toEqual({ verdict: 'nothing', why: 'replica-1 replicates replica-2 already' });
    const token = await writesAgain();
    await expect
      .poll(async () => {
        const read = await ask(api, count, { headers: { ...withToken(token), 'x-consistency-wait-ms': '1000' } });
        return read.consistency?.servedBy?.node;
      }, patience)
      .toBe('replica-1');
  });

  it('can take it back', async () => {
    expect((await failover.switchover('replica-1')).source).toBe('replica-1');
    await writesAgain();
  });
});

describe.sequential('a process that probes nothing periodically', () => {
  it('hears of a promotion from what its reads see, and makes no token that would name lost writes', async () => {
    const monitor = { intervalMs: 'off', downIntervalMs: 250, timeoutMs: 400 } as const;
    const quiet = await openEngine(cluster, { monitor });
    try {
      const client = new TestClient(quiet);
      await client.write(async (tx) => tx.order.create({ data: newOrder() }));
      const known = quiet.epochs.length;
      expect((await failover.switchover('replica-2')).source).toBe('replica-2');
      await expect
        .poll(async () => {
          await client.read(async (reader) => reader.order.findFirst()).catch(() => null);
          expect(judgeEpoch(client.session, quiet.epochs)).not.toBe('lost');
          return quiet.epochs.length;
        }, patience)
        .toBe(known + 1);
      expect(judgeEpoch(client.session, quiet.epochs)).toBe('survived');
    } finally {
      await quiet.stop();
    }
    expect((await failover.switchover('replica-1')).source).toBe('replica-1');
    await writesAgain();
  });
});

describe.sequential('a replica that was written to', () => {
  it('is named with what was written there, and serves no reads any more', async () => {
    await expect.poll(() => seen('replica-2'), patience).toMatchObject({ state: 'HEALTHY' });
    await writeOn('replica-2', 'CREATE TABLE stray (id INT)');
    await expect.poll(() => seen('replica-2'), patience).toMatchObject(holdsErrant);
    expect(errant.told.at(-1)).toMatchObject({ name: 'ERRANT_TRANSACTION_FOUND', node: 'replica-2' });
    const read = await ask(api, count, { headers: { 'x-consistency-level': 'eventual' } });
    expect(read.consistency?.servedBy?.node).not.toBe('replica-2');
  });

  it('stays so when the source has given out the same numbers', async () => {
    for (let order = 0; order < 5; order += 1) await createOrder(api);
    const probes = await Promise.all(Array.from({ length: 5 }, () => seen('replica-2')));
    for (const probe of probes) expect(probe).toMatchObject(holdsErrant);
    expect(errant.told.map(({ node }) => node)).toEqual(['source', 'replica-2']);
  });
});
