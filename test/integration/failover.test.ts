import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { TestFailover } from '../support/failover.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { count, createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

let cluster: TestCluster;
let failover: TestFailover;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  failover = new TestFailover(cluster);
  api = await startApi({ ...environmentFor(cluster), MONITOR_INTERVAL_MS: '200' });
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
    expect(read.data?.order?.id).toBe(more.id);
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

  it('keeps the promise of tokens whose writes survived', async () => {
    const read = await ask(api, one, { variables: { id: survived.id }, headers: withToken(survived.token) });
    expect(read.data?.order?.id).toBe(survived.id);
  });
});
