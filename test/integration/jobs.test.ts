import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaymentsSandbox, paymentOf } from '../../src/local/payments-sandbox.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder } from '../support/orders-over-http.ts';
import { subscribe } from '../support/server-sent-events.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let sandbox: PaymentsSandbox;
let api: TestApi;
let other: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1, redis: true });
  sandbox = new PaymentsSandbox({ clock: systemClock });
  await Promise.all([migrateOrders(cluster), sandbox.start()]);
  const environment = {
    ...environmentFor(cluster),
    REDIS_URL: cluster.urls().redis ?? '',
    PAYMENTS_URL: sandbox.url,
    JOB_FIRST_PAUSE_MS: '50',
    JOB_MAX_PAUSE_MS: '200',
    JOB_ATTEMPTS: '4',
    REFRESH_INTERVAL_MS: 'off',
  };
  api = await startApi(environment);
  other = await startApi({ ...environment, JOBS: 'off' });
});
afterAll(async () => {
  await api?.stop();
  await other?.stop();
  await sandbox?.stop();
  await cluster?.stop();
});

const jobFields = 'id kind state total done changed unchanged gone failed alreadyQueued consistencyToken';
const recheck = `mutation ($input: RecheckOrdersInput!) {
  recheckOrders(input: $input) {
    __typename
    ... on RecheckOrdersPayload { job { ${jobFields} } }
    ... on InvalidInputError { message }
  }
}`;

async function finished(id: string) {
  const { told, ended } = await subscribe(api.url, `subscription { jobProgress(id: "${id}") { ${jobFields} } }`);
  await ended;
  return told.at(-1);
}

const overview = `{ jobs { available trouble queues { kind waiting active delayed dead workers }
  recent { ${jobFields} } deadLetters { id orderId code attempts } } }`;
const state = 'query ($id: ID!) { order(by: { id: $id }) { number version charge { amount } processedAt } }';

describe('a recheck', () => {
  it('updates each order by what the provider says, and tells every process with a token that shows it', async () => {
    const created = await Promise.all(Array.from({ length: 5 }, () => createOrder(api)));
    const heard = await subscribe(
      other.url,
      `subscription { orderChanged { kind orderId consistencyToken missed
        order { number version charge { amount } processedAt items { sku } } } }`,
    );
    const { data } = await ask(other, recheck, { variables: { input: { ids: created.map(({ id }) => id) } } });
    const job = await finished(data.recheckOrders.job.id);
    expect(job).toMatchObject({ kind: 'RECHECK_ORDERS', state: 'FINISHED', total: 5, done: 5, failed: 0, gone: 0 });

    const expected = created.map(({ answer }) => paymentOf(answer.data.createOrder.order.number, '1.00'));
    expect(job.changed).toBe(expected.filter(({ charge }) => charge !== null).length);
    await until('every change is heard', () => heard.told.length >= job.changed);
    for (const { kind, order, orderId, consistencyToken, missed } of heard.told) {
      expect({ kind, missed, version: order.version }).toEqual({ kind: 'UPDATED', missed: 0, version: 2 });
      expect(order.items).toEqual([{ sku: 'S' }]);
      const headers = { 'x-consistency-token': consistencyToken };
      const again = await ask(other, state, { variables: { id: orderId }, headers });
      const { items: _, ...told } = order;
      expect(again.data.order).toEqual(told);
      const { charge, processedAt } = paymentOf(order.number, '1.00');
      expect(told).toMatchObject({ charge: { amount: charge }, processedAt });
    }
    heard.leave();
    await heard.ended;
  });
});

describe('background work', () => {
  it('is told of by any process, whether it works or not', async () => {
    const { jobs } = (await ask(other, overview)).data;
    expect(jobs).toMatchObject({ available: true, trouble: null, deadLetters: [] });
    expect(jobs.queues).toEqual([
      { kind: 'RECHECK_ORDERS', waiting: 0, active: 0, delayed: 0, dead: 0, workers: 1 },
      { kind: 'REFRESH_NEW_ORDERS', waiting: 0, active: 0, delayed: 0, dead: 0, workers: 1 },
    ]);
    expect(jobs.recent[0]).toMatchObject({ state: 'FINISHED', total: 5 });
  });
});
