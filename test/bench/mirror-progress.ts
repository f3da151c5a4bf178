import type { Connection } from 'mariadb';
import { systemClock } from '../../src/platform/clock.ts';
import { sourceOf } from '../support/engine.ts';
import type { TestCluster } from '../support/test-cluster.ts';

const patienceMs = 120_000;
const pollEveryMs = 20;

/** How many rows of the outbox wait. Throws when some were given up. */
export async function waitingRows(source: Connection): Promise<number> {
  const [row] = await source.query('SELECT COUNT(*) AS all_rows, COUNT(parked_at) AS parked FROM outbox');
  if (Number(row.parked) > 0) throw new Error(`${row.parked} rows of the outbox were parked`);
  return Number(row.all_rows);
}

/** Resolves when the outbox is empty. */
export async function untilMirrored(cluster: TestCluster): Promise<void> {
  const source = await cluster.admin(sourceOf(cluster));
  try {
    await untilDrained(source, () => undefined);
  } finally {
    await source.end();
  }
}

/** Looks until the outbox is empty, and tells what each look saw. */
export async function untilDrained(source: Connection, onProbe: (waiting: number) => void): Promise<void> {
  const deadlineMs = systemClock.monotonic() + patienceMs;
  for (;;) {
    const waiting = await waitingRows(source);
    onProbe(waiting);
    if (waiting === 0) return;
    if (systemClock.monotonic() > deadlineMs) throw new Error(`${waiting} rows of the outbox still wait`);
    await systemClock.sleep(pollEveryMs);
  }
}

/** Throws unless both sides hold the same orders in the same versions. */
export async function assertEqualSides(cluster: TestCluster): Promise<void> {
  const told = await Promise.all(
    [sourceOf(cluster), 'backup'].map(async (name) => {
      const connection = await cluster.admin(name);
      try {
        const [row] = await connection.query(
          `SELECT COUNT(*) AS orders, SUM(version) AS versions, SUM(CRC32(CONCAT(id, number, version, total, updated_at))) AS sum,
             (SELECT COUNT(*) FROM order_items) AS items FROM orders`,
        );
        return Object.values(row as Record<string, unknown>).join(' ');
      } finally {
        await connection.end();
      }
    }),
  );
  if (told[0] !== told[1]) throw new Error(`the backup differs from the source: ${told.join(' and ')}`);
}
