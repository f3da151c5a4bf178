// What tests of servers that answer and cannot serve do to one server, and ask the API about it.
import { ask, type TestApi } from './in-process-api.ts';
import type { TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

export const listQuery = '{ orders(first: 5) { nodes { id items { sku } } } }';

export type Health = {
  verdict: string;
  problems: { code: string; node: string | null; message: string; cure: string | null }[];
  nodes: { name: string; state: string; trouble: string | null }[];
};

/** `cluster` and `api` are there once the tests run. */
export function onServers(cluster: () => TestCluster, api: () => TestApi) {
  const isMysql = () => cluster().cluster.flavour === 'mysql';
  const user = () => cluster().cluster.credentials.app.user;

  /** By itself, on one server: nothing of it reaches the others. */
  async function on(name: string, ...statements: readonly string[]): Promise<void> {
    const admin = await cluster().admin(name);
    if (isMysql()) await admin.query('SET GLOBAL super_read_only = OFF');
    await admin.query('SET SESSION sql_log_bin = 0');
    for (const statement of statements) await admin.query(statement);
    if (isMysql() && name !== 'source') await admin.query('SET GLOBAL super_read_only = ON');
    await admin.end();
  }

  async function health(): Promise<Health> {
    const asked = '{ cluster { verdict problems { code node message cure } nodes { name state trouble } } }';
    return (await ask(api(), asked)).data.cluster;
  }

  const found = async (code: string, node: string) =>
    (await health()).problems.find((problem) => problem.code === code && problem.node === node);

  const well = () => until('all are well', async () => (await health()).verdict === 'HEALTHY');

  async function endConnections(name: string): Promise<void> {
    const admin = await cluster().admin(name);
    const sql = 'SELECT id FROM information_schema.processlist WHERE user = ?';
    const rows: { id: number }[] = await admin.query(sql, [user()]);
    for (const { id } of rows) await admin.query(`KILL ${Number(id)}`).catch(() => undefined);
    await admin.end();
  }

  /** Reads that any replica may answer: with which errors, and by whom they were. */
  async function answers(many: number, query = listQuery) {
    const codes: unknown[] = [];
    const nodes = new Set<string | undefined>();
    for (let turn = 0; turn < many; turn += 1) {
      const { code, consistency } = await ask(api(), query, { headers: { 'x-consistency-level': 'eventual' } });
      if (code !== undefined) codes.push(code);
      nodes.add(consistency?.servedBy?.node);
    }
    return { codes, nodes };
  }

  const reads = async (many = 40): Promise<readonly unknown[]> => (await answers(many)).codes;

  return { isMysql, on, health, found, well, app: () => `'${user()}'@'127.0.0.1'`, endConnections, answers, reads };
}
