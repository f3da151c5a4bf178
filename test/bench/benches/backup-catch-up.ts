/**
 * What hours without a backup leave behind, made at once: while the backup is killed, new orders are written and as many
 * old ones changed, each with its row in the outbox, and every fourth of these changed again. Then the backup starts, and the
 * worker, which was there all along, notices by itself.
 *
 * Counted from the first look that finds the outbox shorter until it is empty, so that nothing but catching up is in it; how long
 * the worker took to notice is told beside it. Both sides must hold the same orders then.
 */
import type { Connection } from 'mariadb';
import { seedOrders } from '../../../src/orders/seed/seed-orders.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { sourceOf } from '../../support/engine.ts';
import type { TestCluster } from '../../support/test-cluster.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { assertEqualSides, untilDrained, waitingRows } from '../mirror-progress.ts';
import { rounded, spreadOf } from '../statistics.ts';

const times = 3;
const recordsOfAKind = 10_000;
const fewestRows = 20_000;
const until = new Date('2026-11-02T00:00:00.000Z');

export const backupCatchUp: Bench = {
  name: 'backup-catch-up',
  title: `a backup that returns after ${fewestRows} writes and more: outbox rows brought to it in a second`,

  async measure({ laboratory, orders }) {
    const cluster = await laboratory.cluster('mirrored');
    const source = await cluster.admin(sourceOf(cluster));
    const passes: Pass[] = [];
    for (let pass = 0; pass < times; pass += 1) passes.push(await onePass(cluster, source, orders, pass + 2));
    await source.end();
    const spread = spreadOf(passes.map(({ rowsPerSecond }) => rowsPerSecond));
    return {
      findings: [finding('rows a second', spread.median, '', { atLeast: 2000 }, spread)],
      details: { passes },
    };
  },
};

type Pass = {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** From the moment when the backup took connections. */
  readonly noticedAfterMs: number;
  readonly caughtUpAfterMs: number;
};

async function onePass(cluster: TestCluster, source: Connection, orders: number, seed: number): Promise<Pass> {
  await cluster.kill('backup');
  await write(cluster, source, orders, seed);
  const rows = await waitingRows(source);
  if (rows < fewestRows) throw new Error(`only ${rows} rows were written`);
  await cluster.restart('backup');
  const returnedMs = systemClock.monotonic();
  let noticed: { readonly ms: number; readonly waiting: number } | null = null;
  await untilDrained(source, (waiting) => {
    if (noticed === null && waiting < rows) noticed = { ms: systemClock.monotonic(), waiting };
  });
  const emptyMs = systemClock.monotonic();
  await assertEqualSides(cluster);
  const { ms, waiting } = noticed ?? { ms: returnedMs, waiting: rows };
  return {
    rows,
    rowsPerSecond: rounded((waiting * 1000) / (emptyMs - ms), 0),
    noticedAfterMs: rounded(ms - returnedMs, 0),
    caughtUpAfterMs: rounded(emptyMs - returnedMs, 0),
  };
}

/** New orders, and changes of old ones, told to the outbox as the API tells them. */
async function write(cluster: TestCluster, source: Connection, orders: number, seed: number): Promise<void> {
  const url = cluster.adminUrl(sourceOf(cluster));
  const progress = () => undefined;
  await seedOrders({ url, orders: recordsOfAKind, seed, until, existing: 'append', mirrored: true, progress });
  for (const every of [1, 4]) {
    const some = `id <= ${Math.min(orders, recordsOfAKind)} AND id % ${every} = 0`;
    await source.beginTransaction();
    await source.query(`UPDATE orders SET version = version + 1, updated_at = UTC_TIMESTAMP(3) WHERE ${some}`);
    await source.query(
      `INSERT INTO outbox (model, record_key, created_at, due_at)
       SELECT 'Order', id, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM orders WHERE ${some} ORDER BY id`,
    );
    await source.commit();
  }
}
