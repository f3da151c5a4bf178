import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MirrorConnection } from '../../src/database/mirror/mirror-connection.ts';
import { RecordApplier } from '../../src/mirror/record-applier.ts';
import { repair } from '../../src/mirror/repair.ts';
import { type VerifyReport, verify } from '../../src/mirror/verify.ts';
import { mirroredOrders } from '../../src/orders/mirrored-orders.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { eventually, MirroredOrders } from '../support/mirrored-orders.ts';

let orders: MirroredOrders;
const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const timeoutMs = 20_000;

beforeAll(async () => {
  orders = await MirroredOrders.start();
});
afterAll(() => orders?.stop());
beforeEach(async () => {
  await orders.clear();
  await orders.mirroring(async () => {
    await orders.create(ids(1, 60));
    await orders.settled();
  });
});

async function comparing<T>(work: (options: Parameters<typeof repair>[0]) => Promise<T>, patienceMs = 0): Promise<T> {
  const source = new MirrorConnection(orders.address('source'), systemClock);
  const backup = new MirrorConnection(orders.address('backup'), systemClock);
  try {
    const applier = new RecordApplier({ models: mirroredOrders, backup, timeoutMs });
    const shapes = [await applier.shape(source, 'Order')];
    const epoch = await applier.epoch(source);
    const range = { recordsPerRange: 25 };
    return await work({ source, backup, applier, shapes, epoch, clock: systemClock, timeoutMs, patienceMs, ...range });
  } finally {
    await Promise.all([source.close(), backup.close()]);
  }
}
const onBackup = (...statements: string[]) =>
  orders.on('backup', async (connection) => {
    for (const statement of statements) await connection.query(statement);
  });
const inWords = ({ differences }: Pick<VerifyReport, 'differences'>) =>
  differences.map(({ key, kind, columns }) => [key, kind, ...columns].join(' ')).sort();
const spoil = () =>
  onBackup(
    'DELETE FROM orders WHERE id = 3',
    'DELETE FROM order_items WHERE order_id = 3',
    "INSERT INTO orders (id, number, user_id, total, currency) VALUES (999, 'extra', 1, 1, 'EUR')",
    'INSERT INTO order_items SELECT 1000 + id, 1, number, number, 1, 1 FROM orders WHERE id = 5',
    "UPDATE orders SET status = 'PAID', charge = 0 WHERE id = 7",
    "UPDATE order_items SET name = CONCAT(name, ' ') WHERE order_id = 30 AND line = 2",
    'DELETE FROM order_items WHERE order_id = 31 AND line = 1',
    'INSERT INTO order_items SELECT order_id, 3, sku, name, quantity, unit_price FROM order_items WHERE order_id = 32 AND line = 1',
  );
const spoiled = [
  '1005 EXTRA',
  '3 MISSING',
  '30 DIFFERENT order_items(2).name',
  '31 DIFFERENT order_items(1).*',
  '32 DIFFERENT order_items(3).*',
  '7 DIFFERENT status charge',
  '999 EXTRA',
];

describe('verifying', () => {
  it('finds nothing when both sides are equal', async () => {
    const report = await comparing(verify);
    expect(report).toEqual({ records: 60, differences: [], undecided: [] });
  });

  it('names each record that differs, how, and by which columns', async () => {
    await spoil();
    const report = await comparing(verify);
    expect(inWords(report)).toEqual(spoiled);
  });

  it('finds what was written to the source past the outbox', async () => {
    await orders.change([9], ["UPDATE orders SET status = 'SHIPPED' WHERE id = 9"], { told: false });
    expect(inWords(await comparing(verify))).toEqual(['9 DIFFERENT status']);
  });

  it('takes nothing that is on its way for a difference', async () => {
    await orders.create(ids(100, 3));
    const report = await comparing(verify);
    expect(report.differences).toEqual([]);
    expect(report.undecided.map(({ key }) => key).sort()).toEqual(['100', '101', '102']);
    await orders.mirroring(async () => {
      const patient = await comparing(verify, 30_000);
      expect(patient).toMatchObject({ differences: [], undecided: [] });
    });
  });

  it('finds no difference while orders are written and mirrored all the time', async () => {
    await orders.mirroring(async () => {
      let going = true;
      const writing = (async () => {
        for (let round = 0; going; round += 1) {
          const id = (round % 60) + 1;
          await orders.change([id], [`UPDATE orders SET version = version + 1 WHERE id = ${id}`]);
        }
      })();
      try {
        for (const _ of ids(0, 5)) {
          expect(await comparing(verify, 30_000)).toMatchObject({ differences: [], undecided: [] });
        }
      } finally {
        going = false;
        await writing;
      }
    });
  });
});

describe('repairing', () => {
  it('makes the backup right, and says what was wrong', async () => {
    await spoil();
    const report = await comparing(repair);
    expect(inWords({ differences: report.repaired })).toEqual(spoiled);
    expect(report.left).toEqual({ differences: [], undecided: [] });
    expect(await orders.contents('backup')).toEqual(await orders.contents('source'));
  });

  it('happens unasked, a range at a time', async () => {
    await spoil();
    await orders.change([9], ['DELETE FROM orders WHERE id = 9'], { told: false });
    await orders.mirroring(
      async (mirror) => {
        await eventually(() => mirror.state.mismatches === spoiled.length + 1);
        expect(await orders.contents('backup')).toEqual(await orders.contents('source'));
      },
      { limits: { checkIntervalMs: 100, watchIntervalMs: 50 } },
    );
  });
});
