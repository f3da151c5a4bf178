import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrder } from '../../src/orders/create-order.ts';
import { deleteOrder } from '../../src/orders/delete-order.ts';
import { IdempotencyKeyReusedError, ReplayUnsettledError, VersionConflictError } from '../../src/orders/errors.ts';
import { KeyPurge } from '../../src/orders/key-purge.ts';
import { createOrderRules } from '../../src/orders/order-rules.ts';
import { updateOrder } from '../../src/orders/update-order.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { flavourOf } from '../../src/servers/known-flavours.ts';
import { type OrdersDatabase, type SessionFaults, startOrdersDatabase } from '../support/orders-database.ts';

let database: OrdersDatabase;

const command = (idempotencyKey: string, part: object = {}) => {
  const items = [{ sku: 'MUG', name: 'Mug', quantity: 1, unitPrice: '4.50' }];
  return createOrderRules.parse({ userId: '7', currency: 'EUR', items, idempotencyKey, ...part });
};
/** One call of one client, with the session it ends with. */
const call = async (key: string, part?: object, faults?: SessionFaults, clock = systemClock) => {
  const session = database.session(faults);
  const order = await createOrder({ session, clock, randomBytes }, command(key, part));
  return { order, token: `${session.position()?.format()} ${session.issuedAtMs()}`, position: session.position() };
};
const record = (key: string) =>
  database.client.idempotencyKey.findUniqueOrThrow({ where: { operation_key: { operation: 'createOrder', key } } });

beforeAll(async () => {
  database = await startOrdersDatabase();
});
afterAll(() => database?.stop());

describe('a call that is repeated with its key', () => {
  it('answers what the first one answered, its token too, and writes nothing', async () => {
    const key = randomUUID();
    const first = await call(key);
    await call(randomUUID());
    const before = await database.client.order.count();
    expect(await call(key)).toEqual(first);
    expect(await database.client.order.count()).toBe(before);
  });

  it('answers so however many come at once', async () => {
    const key = randomUUID();
    const before = await database.client.order.count();
    // Replays wait for the first call's note and for no time to pass: one that gives up settles the record with a token of its own.
    const startedMs = systemClock.now();
    const standing: Clock = { ...systemClock, now: () => startedMs, monotonic: () => 0 };
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(key, {}, {}, standing)));
    expect(await database.client.order.count()).toBe(before + 1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('answers so after the order was changed, and after it is gone', async () => {
    const key = randomUUID();
    const first = await call(key);
    const dependencies = { session: database.session(), clock: systemClock };
    const { id } = first.order;
    const change = { id, expectedVersion: 1, status: 'PAID', idempotencyKey: randomUUID() } as const;
    const changed = await updateOrder(dependencies, change);
    expect(await call(key)).toEqual(first);
    const removal = { id, expectedVersion: 2, idempotencyKey: randomUUID() };
    expect(await deleteOrder(dependencies, removal)).toBe(id);
    expect(await call(key)).toEqual(first);
    expect(await updateOrder(dependencies, change)).toEqual(changed);
    expect(await deleteOrder(dependencies, removal)).toBe(id);
  });

  it('is refused when its input differs, and not when it only reads differently', async () => {
    const key = randomUUID();
    const first = await call(key, { charge: '4.5' });
    await expect(call(key, { charge: '4.51' })).rejects.toBeInstanceOf(IdempotencyKeyReusedError);
    expect(await call(key, { charge: '4.50' })).toEqual(first);
  });

  it.each([
    ['a', 'A'],
    ['é', 'e'],
    ['k', 'k1'],
  ])('is not mistaken for one with a similar key: %s, %s', async (one, other) => {
    const prefix = randomUUID();
    const answers = [await call(prefix + one), await call(prefix + other)];
    expect(answers[0]?.order.id).not.toBe(answers[1]?.order.id);
  });

  it('may bear a key that another operation used', async () => {
    const key = randomUUID();
    const { order } = await call(key);
    const removal = { id: order.id, expectedVersion: 1, idempotencyKey: key };
    expect(await deleteOrder({ session: database.session(), clock: systemClock }, removal)).toBe(order.id);
  });

  it('is tried anew when the first one was refused', async () => {
    const key = randomUUID();
    const { order } = await call(randomUUID());
    const dependencies = { session: database.session(), clock: systemClock };
    const change = { id: order.id, expectedVersion: 2, charge: 1n, idempotencyKey: key };
    await expect(updateOrder(dependencies, change)).rejects.toBeInstanceOf(VersionConflictError);
    await updateOrder(dependencies, { id: order.id, expectedVersion: 1, charge: 5n, idempotencyKey: null });
    await expect(updateOrder(dependencies, change)).resolves.toMatchObject({ version: 3 });
  });
});

describe('a first call that died before its position was noted', () => {
  const dies = {
    annotate: () => {
      throw new Error('the process died');
    },
  };

  it('is answered with a position that includes it, and the same one from then on', async () => {
    const key = randomUUID();
    const first = await call(key, {}, dies);
    expect(await record(key)).toMatchObject({ position: null, positionAttempts: 0 });
    const second = await call(key);
    expect(second.order).toEqual(first.order);
    expect(first.position && second.position?.includes(first.position)).toBe(true);
    expect(await record(key)).toMatchObject({ positionAttempts: 1 });
    expect(await call(key)).toEqual(second);
    expect(await record(key)).toMatchObject({ positionAttempts: 1 });
  });

  it('is settled by one of many replays, and none of them knows less than the first write', async () => {
    const key = randomUUID();
    const first = await call(key, {}, dies);
    const replays = await Promise.all(Array.from({ length: 10 }, () => call(key)));
    for (const { order, position } of replays) {
      expect(order).toEqual(first.order);
      expect(first.position && position?.includes(first.position)).toBe(true);
    }
  });

  it('is answered with an error that says try again while no position can be learned', async () => {
    const key = randomUUID();
    const first = await call(key, {}, dies);
    const error: unknown = await call(key, {}, { positionUnknown: () => true }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReplayUnsettledError);
    expect(error).toMatchObject({ retryable: true });
    expect((await call(key)).order).toEqual(first.order);
  });
});

describe('keys that are old', () => {
  const hoursMs = 3_600_000;
  const keysLeft = async (keys: readonly string[]) => {
    const rows = await database.client.idempotencyKey.findMany({ where: { key: { in: [...keys] } } });
    return rows.map(({ key }) => keys.indexOf(key)).sort();
  };
  const age = (key: string, hours: number) =>
    database.client.idempotencyKey.updateMany({
      where: { key },
      data: { createdAt: new Date(systemClock.now() - hours * hoursMs) },
    });
  const purging = async <T>(work: (purge: KeyPurge) => Promise<T>): Promise<T> => {
    const admin = await database.admin();
    try {
      return await work(
        new KeyPurge({
          onSource: (work) => work(admin, flavourOf(admin)),
          keepMs: 48 * hoursMs,
          clock: systemClock,
          random: Math.random,
          log: createLog({ level: 'silent', format: 'json' }),
          recordsPerBatch: 2,
          spacingMs: 1,
        }),
      );
    } finally {
      await admin.end();
    }
  };

  it('are deleted in batches, except those whose position is not recorded', async () => {
    const keys = Array.from({ length: 8 }, () => randomUUID());
    for (const key of keys) await call(key);
    for (const key of keys.slice(0, 6)) await age(key, 49);
    await age(keys[6] ?? '', 47);
    await database.client.idempotencyKey.updateMany({ where: { key: keys[5] ?? '' }, data: { position: null } });
    expect(await purging((purge) => purge.round())).toBe(5);
    expect(await keysLeft(keys)).toEqual([5, 6, 7]);
    expect(await purging((purge) => purge.round())).toBe(0);
  });

  it('may be used again afterwards, for another call', async () => {
    const key = randomUUID();
    await call(key);
    await age(key, 49);
    await purging((purge) => purge.round());
    const { order } = await call(key, { currency: 'USD' });
    expect(order.currency).toBe('USD');
  });

  it('are left to the process that is at it', async () => {
    const key = randomUUID();
    await call(key);
    await age(key, 49);
    const other = await database.admin();
    try {
      await other.query("DO GET_LOCK(CONCAT('tidemark.keys.', LEFT(SHA2(DATABASE(), 256), 32)), 0)");
      expect(await purging((purge) => purge.round())).toBe(0);
    } finally {
      await other.end();
    }
    await expect.poll(() => purging((purge) => purge.round()), { timeout: 30_000 }).toBe(1);
  });
});
