import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Commit, CommittedEvent } from '../../src/database/session/committed-event.ts';
import { createLog } from '../../src/platform/log.ts';
import { eventually, MirroredOrders } from '../support/mirrored-orders.ts';
import { allSettled, TickingClock } from '../support/ticking-clock.ts';
import { until } from '../support/until.ts';

let orders: MirroredOrders;
const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const bothSides = async () => expect(await orders.contents('backup')).toEqual(await orders.contents('source'));

beforeAll(async () => {
  orders = await MirroredOrders.start();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.clear());

/** The worker's pause is the only wait that is short. */
class RestingClock extends TickingClock {
  rests = false;

  override after(ms: number, run: () => void): () => void {
    if (ms <= 150) this.rests = true;
    return super.after(ms, run);
  }
}

describe('a mirror', () => {
  it('brings creations, changes and deletions to the backup, byte for byte', async () => {
    await orders.mirroring(async () => {
      await orders.create(ids(1, 20));
      await orders.settled();
      await bothSides();
      await orders.change(
        [3],
        ["UPDATE orders SET status = 'PAID', charge = 3.20, processed_at = NOW(3) WHERE id = 3"],
      );
      await orders.change([4], ['DELETE FROM order_items WHERE order_id = 4 AND line = 2']);
      await orders.change([5], ['UPDATE order_items SET line = 9 WHERE order_id = 5 AND line = 1']);
      await orders.change([6], ['DELETE FROM orders WHERE id = 6']);
      await orders.settled();
      await bothSides();
    });
  });

  it.each<[string, Pick<Commit, 'appended'>, number]>([
    ['that added to the outbox', { appended: 1 }, 1],
    ['of unknown outcome, which may have', { appended: null }, 1],
    ['that did not', { appended: 0 }, 0],
  ])('looks at once after a commit %s', async (_, commit, expected) => {
    // Of its own accord it looks once, and then rests for ever.
    const clock = new RestingClock();
    const commits = new CommittedEvent('orders', createLog({ level: 'silent', format: 'json' }));
    let probes = 0;
    const source = () => {
      probes += 1;
      return orders.address('source');
    };
    const told = { outcome: 'COMMITTED', position: null, onlyOnSource: false, epoch: 1, issuedAtMs: 1 } as const;
    const tell = () => commits.tell({ ...told, readsFollow: true, change: null, ...commit });
    const mirror = orders.mirror({ clock, commits, source });
    mirror.start();
    try {
      await until('it rests', async () => clock.rests);
      const before = probes;
      tell();
      await allSettled();
      expect(probes - before).toBe(expected);
    } finally {
      await mirror.stop();
    }
    const atTheEnd = probes;
    tell();
    await allSettled();
    expect(probes).toBe(atTheEnd);
  });

  it('lets two records swap a unique value', async () => {
    await orders.mirroring(async () => {
      await orders.create([1, 2]);
      await orders.settled();
      await orders.change(
        [1, 2],
        [
          "UPDATE orders SET number = 'swap' WHERE id = 1",
          "UPDATE orders SET number = 'T-1' WHERE id = 2",
          "UPDATE orders SET number = 'T-2' WHERE id = 1",
        ],
      );
      await orders.settled();
      await bothSides();
    });
  });

  it('misses no change of a transaction that drew its outbox number early and commits late', async () => {
    await orders.create([1]);
    await orders.mirroring(async () => {
      await orders.settled();
      await orders.on('source', async (late) => {
        await late.beginTransaction();
        await late.query(
          "INSERT INTO outbox (model, record_key, created_at, due_at) VALUES ('Order', '1', NOW(3), '2020-01-01')",
        );
        await late.query("UPDATE order_items SET name = 'late' WHERE order_id = 1 AND line = 1");
        await orders.change([1], ["UPDATE order_items SET name = 'early' WHERE order_id = 1 AND line = 2"]);
        await eventually(async () => JSON.stringify(await orders.contents('backup')).includes('early'));
        await late.commit();
      });
      await orders.settled();
      await bothSides();
    });
  });

  it('goes on where it stopped when the backup was away', async () => {
    await orders.mirroring(async (mirror) => {
      await orders.create(ids(1, 5));
      await orders.settled();
      await orders.cluster.kill('backup');
      await orders.create(ids(100, 700));
      await orders.change([1], ['DELETE FROM orders WHERE id = 1']);
      await eventually(() => mirror.state.trouble !== null);
      expect((await orders.depth()).waiting).toBe(701);
      await orders.cluster.restart('backup');
      await orders.settled();
      await bothSides();
      expect(await orders.depth()).toEqual({ waiting: 0, parked: 0 });
      await eventually(() => mirror.state.turn === 'CAUGHT_UP' && mirror.state.trouble === null);
    });
  });

  it('loses nothing when the backup hangs', async () => {
    await orders.mirroring(
      async () => {
        await orders.create(ids(1, 5));
        await orders.settled();
        orders.cluster.pause('backup');
        await orders.create(ids(10, 50));
        await orders.change([10], ['DELETE FROM orders WHERE id = 10']);
        orders.cluster.resume('backup');
        await orders.settled();
        await bothSides();
      },
      { limits: { timeoutMs: 500 } },
    );
  });

  it('is shared by several workers on records that change repeatedly', async () => {
    await orders.create(ids(1, 30));
    const mirrors = [1, 2, 3].map(() => orders.mirror({ limits: { recordsPerBatch: 7 } }));
    for (const mirror of mirrors) mirror.start();
    await Promise.all(
      ids(0, 4).map(async (writer) => {
        for (const round of ids(1, 40)) {
          const id = ((writer * 7 + round * 5) % 30) + 1;
          await orders.change(
            [id],
            [
              `UPDATE order_items SET quantity = quantity + 1, name = '${writer}.${round}' WHERE order_id = ${id} AND line = ${(writer % 2) + 1}`,
            ],
          );
        }
      }),
    );
    await orders.settled();
    await Promise.all(mirrors.map((mirror) => mirror.stop()));
    expect(mirrors.reduce((sum, { state }) => sum + state.applied, 0)).toBeGreaterThan(0);
    await bothSides();
  });
});

describe('a record that the backup refuses', () => {
  const limits = { maxAttempts: 2 };
  beforeEach(async () => {
    await orders.on('backup', (connection) =>
      connection.query('ALTER TABLE orders MODIFY number VARCHAR(10) NOT NULL'),
    );
    return async () => {
      await orders.on('backup', (connection) =>
        connection.query(
          'ALTER TABLE orders MODIFY number VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL',
        ),
      );
    };
  });

  it('is parked with the reason, and all others go on', async () => {
    await orders.create(ids(1, 40));
    await orders.change([7], ["UPDATE orders SET number = 'much too long for it' WHERE id = 7"]);
    await orders.mirroring(
      async (mirror) => {
        await orders.settled();
        await eventually(() => mirror.state.turn === 'BEHIND');
      },
      { limits },
    );
    const parked = await orders.on('source', (connection) =>
      connection.query('SELECT DISTINCT record_key, reason FROM outbox WHERE parked_at IS NOT NULL'),
    );
    expect(parked).toEqual([{ record_key: '7', reason: expect.stringMatching(/too long.*number/) }]);
    const [rows] = (await orders.contents('backup')) as [unknown[]];
    expect(rows).toHaveLength(39);
  });
});

describe('after a promotion', () => {
  it('what was applied from a history that did not survive is made as the new source has it', async () => {
    await orders.mirroring(async () => {
      await orders.create(ids(1, 5));
      await orders.settled();
    });
    // The new source never had order 5, nor the last change of order 4; the numbers of its outbox begin anew.
    await orders.change(
      [4],
      ["UPDATE orders SET status = 'CANCELLED' WHERE id = 4", 'DELETE FROM orders WHERE id = 5'],
      { told: false },
    );
    await orders.on('source', (connection) => connection.query('INSERT INTO cluster_epochs (epoch) VALUES (2)'));
    await orders.mirroring(async () => {
      await eventually(
        async () => JSON.stringify(await orders.contents('backup')) === JSON.stringify(await orders.contents('source')),
      );
    });
    await orders.on('source', (connection) => connection.query('DELETE FROM cluster_epochs WHERE epoch = 2'));
  });

  it('a source of an older history than the backup has seen is refused', async () => {
    await orders.on('backup', (connection) => connection.query('INSERT INTO mirror_epochs VALUES (9, NOW(3), NULL)'));
    await orders.create([1]);
    await orders.mirroring(async (mirror) => {
      await eventually(() => mirror.state.trouble?.includes('epoch 9') ?? false);
      expect(await orders.contents('backup')).toEqual([[], []]);
    });
  });
});
