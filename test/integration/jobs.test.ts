import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TokenCodec } from '../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../src/consistency/token-keyring.ts';
import { HttpPayments } from '../../src/jobs/http-payments.ts';
import { JobSessions } from '../../src/jobs/job-sessions.ts';
import { recheckOrder } from '../../src/jobs/recheck-order.ts';
import { PaymentsSandbox, paymentOf } from '../../src/local/payments/payments-sandbox.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { positions } from '../../src/servers/known-flavours.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders, openEngine } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { jobFields, overview, queueRecheck, startWorker } from '../support/jobs.ts';
import { createOrder } from '../support/orders-over-http.ts';
import { RedisServer } from '../support/redis-server.ts';
import { subscribe } from '../support/server-sent-events.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { TestRedis } from '../support/test-redis.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let redis: TestRedis;
let sandbox: PaymentsSandbox;
/** Two API processes, of which the first works on jobs. */
let api: TestApi;
let other: TestApi;
let environment: Record<string, string>;

beforeAll(async () => {
  [cluster, redis] = await Promise.all([startTestCluster({ replicas: 1 }), TestRedis.start()]);
  sandbox = new PaymentsSandbox({ clock: systemClock });
  await Promise.all([migrateOrders(cluster), sandbox.start()]);
  environment = {
    ...environmentFor(cluster),
    REDIS_URL: redis.url,
    PAYMENTS_URL: sandbox.url,
    // A busy machine is no fault of Redis, nor of the provider.
    REDIS_TIMEOUT_MS: '2000',
    PAYMENTS_TIMEOUT_MS: '2000',
    JOB_FIRST_PAUSE_MS: '20',
    JOB_MAX_PAUSE_MS: '100',
    JOB_ATTEMPTS: '3',
    JOB_LOCK_MS: '3000',
    REFRESH_INTERVAL_MS: 'off',
  };
  api = await startApi(environment);
  other = await startApi({ ...environment, JOBS: 'off' });
});
afterEach(() => sandbox.control({ behaviour: 'well', delayMs: 0, failEvery: 0 }));
afterAll(async () => {
  await api?.stop();
  await other?.stop();
  await sandbox?.stop();
  await redis?.stop();
  await cluster?.stop();
});

const state = 'query ($id: ID!) { order(by: { id: $id }) { id number version charge { amount } processedAt } }';

/** What the job says once it is finished. */
async function finished(id: string, asked = api) {
  const { told, ended } = await subscribe(asked.url, `subscription { jobProgress(id: "${id}") { ${jobFields} } }`);
  await ended;
  expect(told.at(-1)).toMatchObject({ id, state: 'FINISHED' });
  return told.at(-1);
}

const someDay = '2026-11-20T10:00:00.000Z';

/** Orders of which the provider knows all, so that a recheck changes them; the oldest first. */
async function payable(count: number): Promise<{ id: string; number: string }[]> {
  const orders: { id: string; number: string }[] = [];
  while (orders.length < count) {
    const { order } = (await createOrder(api)).answer.data.createOrder;
    if (paymentOf(order.number, '1.00', someDay).processedAt !== null) orders.push(order);
  }
  return orders;
}
const payableOrders = async (count: number) => (await payable(count)).map(({ id }) => id);

const cancel = (id: string, asked = api) =>
  ask(
    asked,
    `mutation ($id: ID!) { cancelJob(input: { id: $id }) {
      ... on CancelJobPayload { job { ${jobFields} finishedAt cancelledAt } } ... on UserError { code } } }`,
    { variables: { id } },
  );
const background = async (asked = api) => (await ask(asked, overview)).data.jobs;
const read = async (id: string, token: string) =>
  (await ask(other, state, { variables: { id }, headers: { 'x-consistency-token': token } })).data.order;

describe('a recheck', () => {
  it('updates each order by what the provider says, and tells every process with a token that shows it', async () => {
    const created = await Promise.all(Array.from({ length: 5 }, () => createOrder(api)));
    const heard = await subscribe(
      other.url,
      `subscription { orderChanged { kind orderId consistencyToken missed
        order { id number version createdAt charge { amount } processedAt items { sku } } } }`,
    );
    const job = await finished(
      await queueRecheck(
        other,
        created.map(({ id }) => id),
      ),
    );
    expect(job).toMatchObject({ kind: 'RECHECK_ORDERS', total: 5, done: 5, failed: 0, gone: 0 });

    const expected = created.map(({ answer }) => paymentOf(answer.data.createOrder.order.number, '1.00', someDay));
    expect(job.changed).toBe(expected.filter(({ charge }) => charge !== null).length);
    await until('every change is heard', () => heard.told.length >= job.changed);
    for (const { kind, order, orderId, consistencyToken, missed } of heard.told) {
      expect({ kind, missed, version: order.version }).toEqual({ kind: 'UPDATED', missed: 0, version: 2 });
      const { items, createdAt, ...told } = order;
      expect(items).toEqual([{ sku: 'S' }]);
      expect(await read(orderId, consistencyToken)).toEqual(told);
      const { charge, processedAt } = paymentOf(order.number, '1.00', createdAt);
      expect(told).toMatchObject({ charge: { amount: charge }, processedAt });
    }
    heard.leave();
    await heard.ended;
  });

  it('changes an order once, however often it is requested, and shows it to any client that reads with its token', async () => {
    const [id = ''] = await payableOrders(1);
    const first = await finished(await queueRecheck(api, [id]));
    const second = await finished(await queueRecheck(api, [id]));
    expect(first).toMatchObject({ changed: 1, unchanged: 0 });
    expect(second).toMatchObject({ changed: 0, unchanged: 1 });
    for (const { consistencyToken } of [first, second]) {
      expect(await read(id, consistencyToken)).toMatchObject({ version: 2, charge: { amount: '1.00' } });
    }
  });

  it('sees the order of the request that asked, although no replica has it', async () => {
    await cluster.stopApplier('replica-1');
    const [id = ''] = await payableOrders(1);
    const job = await finished(await queueRecheck(api, [id]));
    await cluster.startApplier('replica-1');
    expect(job).toMatchObject({ changed: 1, gone: 0 });
  });

  it('that is done again, on a replica that has not seen the first time, changes nothing more', async () => {
    const [{ number } = { number: '' }] = await payable(1);
    await caughtUp(cluster, 'replica-1');
    const database = await openEngine(cluster);
    const { id: clusterId, tokenKeys, flavour } = cluster.cluster;
    const tokens = new TokenCodec({
      keyring: new TokenKeyring(tokenKeys),
      positions,
      clusterId,
      flavour: () => flavour,
    });
    const changes: unknown[] = [];
    database.committed.subscribe(({ change }) => changes.push(change));
    const dependencies = {
      sessions: new JobSessions({ database, tokens, clusterId, clock: systemClock }),
      payments: new HttpPayments({ url: sandbox.url, token: null, timeoutMs: 5000, clock: systemClock }),
      clock: systemClock,
    };
    const found = await dependencies.sessions.run(null, 'STRONG', ({ client }) =>
      client.order.findUniqueOrThrow({ where: { number } }),
    );
    await cluster.stopApplier('replica-1');
    try {
      const again = () => recheckOrder(dependencies, found.value.id, null, new AbortController().signal);
      const [first, second] = [await again(), await again()];
      expect([first.outcome, second.outcome]).toEqual(['CHANGED', 'UNCHANGED']);
      expect(changes).toMatchObject([{ kind: 'UPDATED', order: { version: 2 } }]);
      for (const { token } of [first, second]) {
        const { value } = await dependencies.sessions.run(token, 'SESSION', ({ client }) =>
          client.order.findUniqueOrThrow({ where: { number } }),
        );
        expect(value.version).toBe(2);
      }
    } finally {
      await cluster.startApplier('replica-1');
      await database.stop();
    }
  });

  it('takes the orders that fit a filter, the newest first, and passes over those that are gone', async () => {
    const orders = await payable(3);
    const [, kept = '', gone = ''] = orders.map(({ id }) => id);
    sandbox.control({ behaviour: 'hanging' });
    const query = `mutation ($numbers: [String!]) { recheckOrders(input: { where: { numbers: $numbers, missingCharge: true }, limit: 2 }) {
      ... on RecheckOrdersPayload { job { id total } } } }`;
    const variables = { numbers: orders.map(({ number }) => number) };
    const { job } = (await ask(api, query, { variables })).data.recheckOrders;
    expect(job.total).toBe(2);
    await until('both are in hand', async () => (await background()).queues[0].active === 2);
    const remove = 'mutation ($id: ID!) { deleteOrder(input: { id: $id, expectedVersion: 1 }) { __typename } }';
    await ask(api, remove, { variables: { id: gone } });
    sandbox.control({ behaviour: 'well' });
    const done = await finished(job.id);
    expect(done).toMatchObject({ changed: 1, gone: 1 });
    expect(await read(kept, done.consistencyToken)).toMatchObject({ version: 2 });
  });

  it('of three orders does not wait for one of many', async () => {
    const [many, few] = [await payableOrders(30), await payableOrders(3)];
    sandbox.control({ delayMs: 300 });
    const first = await queueRecheck(api, many);
    const second = await finished(await queueRecheck(other, few));
    expect(second).toMatchObject({ changed: 3 });
    sandbox.control({ delayMs: 0 });
    expect(await finished(first)).toMatchObject({ changed: 30 });
    const ends = `{ jobs { sooner: job(id: "${second.id}") { finishedAt } later: job(id: "${first}") { finishedAt } } }`;
    const { sooner, later } = (await ask(api, ends)).data.jobs;
    expect(sooner.finishedAt < later.finishedAt).toBe(true);
  });

  it('does not queue an order twice at once', async () => {
    const ids = await payableOrders(3);
    sandbox.control({ behaviour: 'hanging' });
    const first = await queueRecheck(api, ids);
    expect(await queueRecheck(other, ids)).toBe(first);
    sandbox.control({ behaviour: 'well' });
    expect(await finished(first)).toMatchObject({ total: 3, changed: 3 });
  });

  it.each([
    ['neither ids nor a filter', '{}'],
    ['both', '{ ids: ["T3JkZXI6MQ=="], where: {} }'],
    ['no id at all', '{ ids: [] }'],
    ['an id of something else', '{ ids: ["x"] }'],
    ['too many', '{ where: {}, limit: 10001 }'],
  ])('refuses %s', async (_, input) => {
    const { data } = await ask(api, `mutation { recheckOrders(input: ${input}) { __typename } }`);
    expect(data.recheckOrders).toEqual({ __typename: 'InvalidInputError' });
  });

  it('is not known by an id that was never handed out', async () => {
    const id = `j${'0'.repeat(24)}`;
    const { status, told, ended } = await subscribe(api.url, `subscription { jobProgress(id: "${id}") { id } }`);
    await ended;
    expect({ status, told: told[0] }).toEqual({ status: 200, told: undefined });
    expect((await ask(api, `{ jobs { job(id: "${id}") { id } } }`)).data).toEqual({ jobs: { job: null } });
    expect(await cancel(id)).toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it.each(['x', '', 'RECHECK_ORDERS.wait', '*', 'j1', `j${'0'.repeat(24)}:tasks`, 's', `J${'0'.repeat(24)}`])(
    'is refused for %j, which is not an id',
    async (id) => {
      const variables = { id };
      const asked = await ask(api, 'query ($id: ID!) { jobs { job(id: $id) { id } } }', { variables });
      expect(asked).toMatchObject({ code: 'BAD_USER_INPUT', data: { jobs: { job: null } } });
      expect(await cancel(id)).toMatchObject({ data: { cancelJob: { code: 'INVALID_INPUT' } } });
    },
  );

  it.each(['wait', 'active', 'id', 'events', 'meta', '*', '', '1', `j${'0'.repeat(24)}-1:lock`])(
    'has no dead letter called RECHECK_ORDERS.%s, and is not asked for one',
    async (name) => {
      const variables = { ids: [`RECHECK_ORDERS.${name}`] };
      for (const verb of ['replay', 'discard']) {
        const query = `mutation ($ids: [ID!]!) { ${verb}DeadLetters(input: { ids: $ids }) { ... on UserError { code } ... on InvalidInputError { faults { path } } } }`;
        const { data } = await ask(api, query, { variables });
        expect(data[`${verb}DeadLetters`]).toEqual({
          code: 'INVALID_INPUT',
          faults: [{ path: ['input', 'ids', '0'] }],
        });
      }
    },
  );
});

describe('a recheck that is cancelled', () => {
  it('ends at once: what waits is dropped, what is in hand ends, and the provider is asked no more', async () => {
    const ids = await payableOrders(8);
    sandbox.control({ behaviour: 'hanging' });
    const id = await queueRecheck(other, ids);
    await until('some are in hand', async () => (await background()).queues[0].active === 4);
    const followed = await subscribe(
      api.url,
      `subscription { jobProgress(id: "${id}") { state finishedAt cancelledAt } }`,
    );
    await until('it is followed', () => followed.told.length > 0);
    const cancelled = (await cancel(id, other)).data.cancelJob.job;
    expect(cancelled).toMatchObject({ id, state: 'CANCELLED', total: 8, done: 0 });
    await followed.ended;
    expect(followed.told.at(-1)).toMatchObject({ state: 'CANCELLED', cancelledAt: followed.told.at(-1).finishedAt });
    await until('nothing is left', async () => {
      const { waiting, active, delayed } = (await background()).queues[0];
      return waiting + active + delayed === 0;
    });
    sandbox.control({ behaviour: 'well' });
    // Its orders are free for others.
    const again = await finished(await queueRecheck(api, ids));
    expect(again).toMatchObject({ total: 8, changed: 8 });
    expect((await background()).recent).toContainEqual(expect.objectContaining({ id, state: 'CANCELLED', changed: 0 }));
  });

  it('stays as it is when it is cancelled again, and one that is finished stays finished', async () => {
    const ids = await payableOrders(1);
    const id = await queueRecheck(api, ids);
    await finished(id);
    expect((await cancel(id)).data.cancelJob.job).toMatchObject({ state: 'FINISHED', changed: 1 });
    sandbox.control({ behaviour: 'hanging' });
    const next = await queueRecheck(api, ids);
    const first = (await cancel(next)).data.cancelJob.job;
    const second = (await cancel(next, other)).data.cancelJob.job;
    expect([second.state, second.cancelledAt]).toEqual(['CANCELLED', first.cancelledAt]);
  });

  it('drops orders that wait for their next attempt, too', async () => {
    const slow = await startApi({
      ...environment,
      REDIS_PREFIX: 'cancelled:',
      JOB_FIRST_PAUSE_MS: '600000',
      JOB_MAX_PAUSE_MS: '600000',
    });
    try {
      sandbox.control({ behaviour: 'failing' });
      const id = await queueRecheck(slow, await payableOrders(2));
      await until('both failed once', async () => (await background(slow)).queues[0].delayed === 2);
      await cancel(id, slow);
      expect((await background(slow)).queues[0]).toMatchObject({ waiting: 0, delayed: 0, dead: 0 });
    } finally {
      await slow.stop();
    }
  });
});

describe('a payment provider in trouble', () => {
  it('is asked again when it fails now and then', async () => {
    const ids = await payableOrders(4);
    sandbox.control({ failEvery: 3 });
    expect(await finished(await queueRecheck(api, ids))).toMatchObject({ changed: 4, failed: 0 });
  });

  it.each([
    ['failing', 'PAYMENTS_UNAVAILABLE'],
    ['nonsense', 'PAYMENTS_BAD_ANSWER'],
    ['hanging', 'PAYMENTS_UNAVAILABLE'],
  ] as const)('that is %s makes dead letters, which can be replayed', async (behaviour, code) => {
    const ids = await payableOrders(2);
    sandbox.control({ behaviour });
    const id = await queueRecheck(api, ids);
    expect(await finished(id)).toMatchObject({ total: 2, failed: 2, changed: 0 });
    const { deadLetters, queues } = await background(other);
    expect(queues[0].dead).toBe(2);
    for (const letter of deadLetters) expect(letter).toMatchObject({ code, attempts: 3, jobId: id });
    expect(deadLetters.map(({ orderId }: { orderId: string }) => orderId).sort()).toEqual([...ids].sort());

    sandbox.control({ behaviour: 'well' });
    const [replayed, discarded] = deadLetters.map((letter: { id: string }) => letter.id);
    const mutation = `mutation {
      replayDeadLetters(input: { ids: ["${replayed}", "RECHECK_ORDERS.j${'0'.repeat(24)}-1"] }) { ... on ReplayDeadLettersPayload { replayed } }
      discardDeadLetters(input: { ids: ["${discarded}"] }) { ... on DiscardDeadLettersPayload { discarded } }
    }`;
    const { data } = await ask(other, mutation);
    expect(data).toEqual({ replayDeadLetters: { replayed: 1 }, discardDeadLetters: { discarded: 1 } });
    await until('the replayed one is done', async () => {
      const [job] = (await background()).recent;
      return job.id === id && job.changed === 1 && job.failed === 1;
    });
    expect((await background()).deadLetters).toEqual([]);
  });
});

describe('what is measured', () => {
  it('is how much there is to do, and how much was done', async () => {
    const text = await (await fetch(api.url.replace('/graphql', '/metrics'))).text();
    expect(text).toMatch(/^tidemark_job_tasks\{kind="RECHECK_ORDERS",state="waiting"\} 0$/m);
    expect(text).toMatch(/^tidemark_job_tasks_done_total\{kind="RECHECK_ORDERS",outcome="CHANGED"\} [1-9]/m);
  });
});

describe('new orders', () => {
  const refresh = `mutation ($again: Boolean!) { refreshNewOrders(input: { fromBeginning: $again }) {
    ... on RefreshNewOrdersPayload { job { id kind } } } }`;
  const pulled = async (again = false) => {
    const { data } = await ask(other, refresh, { variables: { again } });
    return finished(data.refreshNewOrders.job.id);
  };

  it('are pulled once, are told of, and can be looked for anew', async () => {
    const heard = await subscribe(other.url, 'subscription { orderChanged { kind order { number } } }');
    sandbox.control({ place: 3 });
    expect(await pulled()).toMatchObject({ kind: 'REFRESH_NEW_ORDERS', total: 3, changed: 3 });
    expect(await pulled()).toMatchObject({ total: 0, done: 0 });
    expect(await pulled(true)).toMatchObject({ total: 3, unchanged: 3 });
    await until('all are heard of', () => heard.told.length === 3);
    for (const { kind, order } of heard.told) expect([kind, order.number.slice(0, 2)]).toEqual(['CREATED', 'P-']);
    heard.leave();
  });

  it('continue when Redis is emptied, and when a part of the schedule is deleted', async () => {
    const own = await RedisServer.start();
    const scheduled = await startApi({ ...environment, REDIS_URL: own.url, REFRESH_INTERVAL_MS: '1000' });
    const probesGoOn = async () => {
      const before = sandbox.listed;
      await until('new orders are looked for', () => sandbox.listed >= before + 3);
    };
    try {
      await probesGoOn();
      for (const policy of ['flushall', 'flushdb']) {
        await own.ask(policy);
        await probesGoOn();
      }
      // As an eviction does: the run that is to come, and then the schedule itself.
      for (const pattern of ['*:refresh:repeat:schedule:*', '*:refresh:repeat*', '*:refresh:delayed', '*:refresh:*']) {
        const keys = (await own.ask('keys', pattern)) as string[];
        if (keys.length > 0) await own.ask('del', ...keys);
        await probesGoOn();
      }
      expect(await finished(await queueRecheck(scheduled, await payableOrders(1)), scheduled)).toMatchObject({
        changed: 1,
      });
    } finally {
      await scheduled.stop();
      await own.stop();
    }
  });

  it('come by themselves when there is a schedule', async () => {
    const scheduled = await startApi({ ...environment, REDIS_PREFIX: 'scheduled:', REFRESH_INTERVAL_MS: '200' });
    try {
      sandbox.control({ place: 2 });
      await until('they are there', async () =>
        (await background(scheduled)).recent.some(({ changed }: { changed: number }) => changed === 2),
      );
    } finally {
      await scheduled.stop();
    }
  });
});

describe('what clients change', () => {
  it('is told to those who subscribed to the order, in every process', async () => {
    const [id = '', another = ''] = await payableOrders(2);
    const heard = await subscribe(
      other.url,
      `subscription { orderChanged(ids: ["${id}"]) { kind orderId order { status version } consistencyToken } }`,
    );
    const update = `mutation ($id: ID!) { updateOrder(input: { id: $id, status: PAID, expectedVersion: 1 }) { __typename } }`;
    await ask(api, update, { variables: { id: another } });
    await ask(api, update, { variables: { id } });
    // Refused: nothing was committed, so there is nothing to tell.
    await ask(api, update, { variables: { id } });
    await ask(other, 'mutation ($id: ID!) { deleteOrder(input: { id: $id, expectedVersion: 2 }) { __typename } }', {
      variables: { id },
    });
    await until('both changes are heard', () => heard.told.length >= 2);
    expect(heard.told).toMatchObject([
      { kind: 'UPDATED', orderId: id, order: { status: 'PAID', version: 2 } },
      { kind: 'DELETED', orderId: id, order: null },
    ]);
    expect(await read(id, heard.told[1].consistencyToken)).toBeNull();
    heard.leave();
  });
});

describe('a worker of its own', () => {
  /** Queues that the API processes above do not work on. */
  const apart = async (prefix: string) => {
    const settings = { ...environment, REDIS_PREFIX: prefix };
    return { settings, asked: await startApi({ ...settings, JOBS: 'off' }) };
  };

  it('that is killed with orders in hand is replaced by another, and each order is changed once', async () => {
    const { settings, asked } = await apart('killed:');
    const [victim, ids] = [await startWorker(settings), await payableOrders(3)];
    sandbox.control({ behaviour: 'hanging' });
    const id = await queueRecheck(asked, ids);
    await until('all are in hand', async () => (await background(asked)).queues[0].active === 3);
    await victim.stop('SIGKILL');
    sandbox.control({ behaviour: 'well' });
    const heir = await startApi(settings);
    const job = await finished(id, asked);
    expect(job).toMatchObject({ total: 3, changed: 3, failed: 0 });
    for (const order of ids) expect(await read(order, job.consistencyToken)).toMatchObject({ version: 2 });
    await Promise.all([heir.stop(), asked.stop()]);
  });

  it('that is asked to stop finishes what it can in time, and gives the rest back', async () => {
    const { settings, asked } = await apart('stopped:');
    // A long lock: it is the worker that gives them back.
    const patient = { PAYMENTS_TIMEOUT_MS: '60000', JOB_LOCK_MS: '60000' };
    const worker = await startWorker({ ...settings, ...patient, JOB_GRACE_MS: '200' });
    const ids = await payableOrders(2);
    sandbox.control({ behaviour: 'hanging' });
    const id = await queueRecheck(asked, ids);
    await until('both are in hand', async () => (await background(asked)).queues[0].active === 2);
    expect(await worker.stop('SIGTERM')).toBe(0);
    await until('nobody works there any more', async () => (await background(asked)).queues[0].workers === 0);
    expect((await background(asked)).queues[0]).toMatchObject({ waiting: 2, active: 0, delayed: 0, dead: 0 });
    sandbox.control({ behaviour: 'well' });
    const heir = await startApi(settings);
    expect(await finished(id, asked)).toMatchObject({ changed: 2 });
    await Promise.all([heir.stop(), asked.stop()]);
  });
});

describe('Redis that is full', () => {
  it('is said wherever one looks, in words of ours, and orders go on', async () => {
    const full = await RedisServer.start(['maxmemory-policy noeviction']);
    const asked = await startApi({ ...environment, REDIS_URL: full.url });
    try {
      await until('jobs can be reached', async () => (await background(asked)).available);
      await full.ask('config', 'set', 'maxmemory', '1');
      await until('they cannot', async () => !(await background(asked)).available);
      const refused = await ask(asked, `mutation { recheckOrders(input: { where: {} }) { __typename } }`);
      expect(refused.errors[0]?.extensions).toMatchObject({ code: 'JOBS_UNAVAILABLE', retryable: true });
      expect(refused.errors[0]?.message).toBe('Jobs cannot be reached: Redis is full, and refuses writes');
      const { data } = await ask(asked, '{ cluster { verdict redis { answers trouble } problems { code variable } } }');
      expect(data.cluster).toMatchObject({
        verdict: 'DEGRADED',
        redis: { answers: false, trouble: 'is full, and refuses writes' },
        problems: [{ code: 'REDIS_UNAVAILABLE', variable: 'maxmemory' }],
      });
      const { answer } = await createOrder(asked);
      expect(answer.errors).toEqual([]);
      await full.ask('config', 'set', 'maxmemory', '0');
      await until('they can again', async () => (await background(asked)).available);
      const healthy = async () => (await ask(asked, '{ cluster { verdict } }')).data.cluster.verdict === 'HEALTHY';
      await until('all is well', healthy);
    } finally {
      await asked.stop();
      await full.stop();
    }
  });
});

describe('a Redis in cluster mode', () => {
  it('is refused at start, with a sentence', async () => {
    const sharded = await RedisServer.start(['cluster-enabled yes']);
    try {
      const refused = startApi({ ...environment, REDIS_URL: sharded.url });
      await expect(refused).rejects.toThrow(
        /^REDIS_URL: names a Redis that runs in cluster mode, which is not supported/,
      );
      await expect(startWorker({ ...environment, REDIS_URL: sharded.url })).rejects.toThrow(/runs in cluster mode/);
    } finally {
      await sharded.stop();
    }
  });
});

describe('Redis that hangs', () => {
  it('keeps no client waiting for long', async () => {
    redis.pause();
    try {
      const refused = await ask(api, `mutation { recheckOrders(input: { where: {} }) { __typename } }`);
      expect(refused.errors[0]?.extensions).toMatchObject({ code: 'JOBS_UNAVAILABLE', retryable: true });
      await createOrder(api);
    } finally {
      redis.resume();
    }
    await until('it is back', async () => (await background()).available && (await background(other)).available);
  });
});

describe('Redis that is gone', () => {
  it('makes jobs unavailable and nothing else, and they go on when it is back', async () => {
    const ids = await payableOrders(2);
    sandbox.control({ behaviour: 'failing' });
    const before = await queueRecheck(api, ids);
    await redis.kill();
    await until('it is noticed', async () => !(await background()).available);
    sandbox.control({ behaviour: 'well' });

    const refused = await ask(api, `mutation { recheckOrders(input: { where: {} }) { __typename } }`);
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'JOBS_UNAVAILABLE', retryable: true });
    expect((await ask(api, '{ jobs { trouble queues { dead } } cluster { verdict } }')).data).toMatchObject({
      jobs: { queues: null },
    });
    const heard = await subscribe(api.url, 'subscription { orderChanged { kind } }');
    await createOrder(api);
    await until('the own process hears', () => heard.told.some(({ kind }) => kind === 'CREATED'));
    heard.leave();

    await redis.restart();
    await until('it is back', async () => (await background()).available && (await background(other)).available);
    const job = await finished(before);
    expect(job.total).toBe(2);
    const [id = ''] = await payableOrders(1);
    expect(await finished(await queueRecheck(other, [id]))).toMatchObject({ changed: 1 });
  });

  it('costs no word of what was given up meanwhile: the job ends all the same', async () => {
    // A long lock: nobody else takes the task over.
    const settings = { ...environment, REDIS_PREFIX: 'unsaid:', JOB_LOCK_MS: '60000', JOB_ATTEMPTS: '1' };
    const [working, [id = '']] = [await startApi(settings), await payableOrders(1)];
    const asked = sandbox.asked;
    sandbox.control({ behaviour: 'hanging' });
    const job = await queueRecheck(working, [id]);
    await until('the provider is asked', () => sandbox.asked > asked);
    await redis.kill();
    await until('it is noticed', async () => !(await background(working)).available);
    sandbox.control({ behaviour: 'failing' });
    // Long enough for two connections to come back at different times.
    await systemClock.sleep(2000);
    sandbox.control({ behaviour: 'well' });
    await redis.restart();
    await until('it is back', async () => (await background(working)).available);
    expect(await finished(job, working)).toMatchObject({ total: 1, done: 1 });
    await working.stop();
  });

  it('is told by a worker that is watched', async () => {
    const worker = await startWorker({ ...environment, WORKER_PORT: '0' });
    const status = (path: string) => fetch(`${worker.watchUrl}${path}`).then((response) => response.status);
    await until('it is ready', async () => (await status('/readyz')) === 200);
    expect(await (await fetch(`${worker.watchUrl}/metrics`)).text()).toMatch(/^tidemark_job_tasks\{/m);
    await redis.kill();
    await until('it is not', async () => (await status('/readyz')) === 503);
    expect([await status('/livez'), await status('/orders')]).toEqual([200, 404]);
    await redis.restart();
    await until('it is again', async () => (await status('/readyz')) === 200);
    expect(await worker.stop('SIGTERM')).toBe(0);
  });

  it('or was never configured is said so', async () => {
    const { REDIS_URL: _, ...without } = environment;
    const alone = await startApi(without);
    const refused = await ask(alone, 'mutation { refreshNewOrders(input: {}) { __typename } }');
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'JOBS_UNAVAILABLE', retryable: false });
    expect((await ask(alone, '{ jobs { available trouble } }')).data.jobs).toEqual({
      available: false,
      trouble: 'Redis is not configured',
    });
    await alone.stop();
  });
});
