/**
 * An order page as it is often written first: one server, and the page that lists orders asks the payment provider for each
 * of them and writes what it hears, before it answers. It stands for no framework: no HTTP and no GraphQL is in it, only what
 * the database and the provider cost.
 */
import { createPool, type Pool } from 'mariadb';
import { systemClock } from '../../src/platform/clock.ts';
import { sourceOf } from '../support/engine.ts';
import type { TestCluster } from '../support/test-cluster.ts';
import { closedLoop } from './load.ts';

export type InlinePages = { readonly ms: number; readonly testers: number; readonly thinkMs: number };

/** How long each page took, in milliseconds. */
export async function inlineRecheckPages(
  cluster: TestCluster,
  paymentsUrl: string,
  { ms, testers, thinkMs }: InlinePages,
): Promise<number[]> {
  const { host, port } = cluster.node(sourceOf(cluster));
  const { app } = cluster.cluster.credentials;
  const pool = createPool({
    host,
    port,
    ...app,
    database: cluster.cluster.database,
    connectionLimit: testers,
    allowPublicKeyRetrieval: true,
  });
  const latenciesMs: number[] = [];
  try {
    await closedLoop({
      workers: testers,
      ms,
      operation: async () => {
        const startMs = systemClock.monotonic();
        await answerPage(pool, paymentsUrl);
        latenciesMs.push(systemClock.monotonic() - startMs);
        await systemClock.sleep(thinkMs);
      },
    });
  } finally {
    await pool.end();
  }
  return latenciesMs;
}

type Row = { readonly id: bigint; readonly number: string; readonly total: string; readonly currency: string };

async function answerPage(pool: Pool, paymentsUrl: string): Promise<void> {
  const rows: Row[] = await pool.query('SELECT * FROM orders ORDER BY created_at DESC, id DESC LIMIT 20');
  for (const condition of ["status = 'PENDING'", 'charge IS NULL', 'processed_at IS NULL']) {
    await pool.query(`SELECT COUNT(*) FROM orders WHERE ${condition}`);
  }
  for (const { id, number, total, currency } of rows) {
    const asked = new URLSearchParams({ total, currency });
    const answer = await fetch(`${paymentsUrl}/payments/${encodeURIComponent(number)}?${asked}`);
    const { charge, processedAt } = (await answer.json()) as { charge: string | null; processedAt: string | null };
    const processed = processedAt === null ? null : new Date(processedAt);
    await pool.query('UPDATE orders SET charge = ?, processed_at = ?, version = version + 1 WHERE id = ?', [
      charge,
      processed,
      id,
    ]);
  }
}
