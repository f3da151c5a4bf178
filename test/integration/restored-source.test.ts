import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusOf, writableSource } from '../../src/cluster/cluster-snapshot.ts';
import type { Position } from '../../src/consistency/position.ts';
import type { Session } from '../../src/consistency/session.ts';
import { TokenCodec } from '../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../src/consistency/token-keyring.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { JobSessions } from '../../src/jobs/job-sessions.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { positions } from '../../src/servers/known-flavours.ts';
import { type Fork, forkOf } from '../consistency/forks/ways.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const patience = { timeout: 60_000, interval: 20 };
/** Looks when it starts, when a connection is lost, and when it is told to. */
const monitor = { intervalMs: 'off', downIntervalMs: 600_000, timeoutMs: 2000 } as const;

let cluster: TestCluster;
let fork: Fork;
let first: OrdersDatabase;
let other: OrdersDatabase;
let watching: OrdersDatabase;

beforeAll(async () => {
  cluster = await startTestCluster({ replicationDelayMs: 0 });
  await migrateOrders(cluster);
  await onSource('CREATE TABLE elsewhere (id INT)');
  fork = forkOf('restore', cluster);
  await fork.prepare();
  for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
  first = await openEngine(cluster, { monitor });
  other = await openEngine(cluster, { monitor });
  watching = await openEngine(cluster, { monitor });
});
afterAll(async () => {
  await Promise.all([first?.stop(), other?.stop(), watching?.stop()]);
  await fork?.clear();
  await cluster?.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: rows of whatever was asked
async function onSource(sql: string): Promise<any> {
  const connection = await cluster.admin('source');
  try {
    return await connection.query(sql);
  } finally {
    await connection.end();
  }
}

const positionOf = {
  mariadb: '@@GLOBAL.gtid_binlog_pos',
  mysql: '@@GLOBAL.gtid_executed',
  postgresql: 'pg_current_wal_lsn()',
} as const;

async function standing(): Promise<string> {
  const [row] = await onSource(`SELECT ${positionOf[cluster.cluster.flavour]} AS position`);
  return String(row.position).replaceAll('\n', '');
}

async function written(database: OrdersDatabase): Promise<Session> {
  const client = new TestClient(database);
  await client.write(async (tx) => tx.order.create({ data: newOrder() }));
  return client.session;
}

/** A server that was away is believed after two probes. */
function epochsSeen(by: OrdersDatabase): number {
  by.cluster.probeAgain();
  return by.epochs.length;
}

function sourceSeen(by: OrdersDatabase): string | undefined {
  by.cluster.probeAgain();
  return writableSource(by.cluster.snapshot())?.node.name;
}

function includesOnSource(by: OrdersDatabase, position: Position | null): boolean {
  const seen = statusOf(by.cluster.snapshot(), 'source')?.report?.position;
  return position !== null && (seen?.includes(position) ?? false);
}

const verdictOn = async (session: Session, by = first) => {
  const { session: resumed, lost, ahead, behind } = await by.resume('orders', [session]);
  if (lost.length > 0) return 'LOST';
  const isUnknown = resumed.requiresSource && !session.requiresSource;
  return isUnknown || ahead.length + behind.length > 0 ? 'UNKNOWN' : 'WHOLE';
};

/** One story: each chapter begins where the one before has ended. */
describe.sequential('a source that comes back with an older copy of its data', () => {
  let copied: string;
  const lost: Session[] = [];
  /** Of somebody who was shown the lost writes by a process that had not heard of the return. */
  let late: Session;

  it('is recorded with the end of the copy', async () => {
    copied = await standing();
    for (let round = 0; round < 9; round += 1) lost.push(await written(first));
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    watching.cluster.probeNow('source');
    const { position } = lost.at(-1) as Session;
    await expect.poll(() => includesOnSource(watching, position), patience).toBe(true);
    await fork.carryOut();
    expect(await standing()).toBe(copied);
    // Before anybody probes, others give out numbers again that were lost. MySQL tells the API nothing of where its log began.
    if (cluster.cluster.flavour === 'mariadb') await onSource('INSERT INTO elsewhere VALUES (1), (2)');
    await expect.poll(() => epochsSeen(first), patience).toBe(2);
    expect(first.epochs.at(-1)?.endOfPrevious?.format()).toBe(copied);
    for (const session of lost) expect(await verdictOn(session)).toBe('LOST');
  });

  it('is recorded once, though another process that watched sees it after the record: what was told in between stands', async () => {
    await expect.poll(() => epochsSeen(watching), patience).toBe(2);
    const told = await written(first);
    await expect.poll(() => sourceSeen(watching), patience).toBe('source');
    for (let round = 0; round < 2; round += 1) await written(watching);
    const [{ newest }] = await onSource('SELECT MAX(epoch) AS newest FROM cluster_epochs');
    expect(Number(newest)).toBe(2);
    for (const by of [first, watching]) expect(await verdictOn(told, by)).toBe('WHOLE');
  });

  it('is not known to a process that has not probed, whose replicas show what they have', async () => {
    const reader = new TestClient(other);
    await reader.read(async (client) => client.order.count());
    expect(reader.decision?.role).toBe('REPLICA');
    expect(other.epochs).toHaveLength(1);
    late = reader.session;
    expect(await verdictOn(late)).toBe('LOST');
  });

  it('tells each of them of the loss when all lost numbers were given out again', async () => {
    const recent: Session[] = [];
    for (let round = 0; round < 12; round += 1) recent.push(await written(first));
    for (const session of [...lost, late]) expect(await verdictOn(session)).toBe('LOST');
    for (const session of recent) expect(await verdictOn(session)).toBe('WHOLE');
  });

  it('is told through the tokens of jobs and of changed orders as well', async () => {
    const { tokenKeys, flavour } = cluster.cluster;
    const clusterId = 'orders';
    const tokens = new TokenCodec({
      keyring: new TokenKeyring(tokenKeys),
      positions,
      clusterId,
      flavour: () => flavour,
    });
    const sessions = new JobSessions({ database: first, tokens, clusterId, clock: systemClock });
    const [recent, again] = [tokens.encode(await written(first)), tokens.encode(await written(first))];
    for (const session of [...lost, late]) {
      const gone = tokens.encode(session);
      expect(await sessions.promise([recent, gone])).toBe(gone);
      expect(sessions.merge([recent, gone])).toBe(gone);
      expect(sessions.join(gone, recent)).toEqual({ told: `${gone},${recent}`, kept: recent });
    }
    for (const whole of [await sessions.promise([recent, again]), sessions.join(recent, again)?.told ?? null]) {
      const [session = expect.unreachable()] = tokens.decode(whole ?? '', systemClock.now());
      expect(await verdictOn(session)).toBe('WHOLE');
    }
  });

  it('is heard of by the other process, which tells the same', async () => {
    await expect.poll(() => epochsSeen(other), patience).toBe(2);
    for (const session of [...lost, late]) expect(await verdictOn(session, other)).toBe('LOST');
    expect(await verdictOn(await written(first), other)).toBe('WHOLE');
  });
});

describe('a source that comes back with a copy from before the epoch that names it', () => {
  let again: TestCluster;
  let copy: Fork;
  let engine: OrdersDatabase | undefined;

  beforeAll(async () => {
    again = await startTestCluster({ replicationDelayMs: 0 });
    await migrateOrders(again);
    copy = forkOf('restore', again);
    await copy.prepare();
  });
  afterAll(async () => {
    await engine?.stop();
    await copy?.clear();
    await again?.stop();
  });

  it('takes the writes of a process that starts then, which tells of the loss', async () => {
    const before = await openEngine(again, { monitor });
    const report = statusOf(before.cluster.snapshot(), 'source')?.report;
    const admin = await again.admin('source');
    const row = [report?.identity, report?.position.format()];
    await admin
      .query('INSERT INTO cluster_epochs (epoch, source_id, end_of_previous) VALUES (2, ?, ?)', row)
      .finally(() => admin.end());
    await expect.poll(() => epochsSeen(before), patience).toBe(2);
    const gone = await written(before);
    for (const name of ['replica-1', 'replica-2']) await caughtUp(again, name);
    await before.stop();
    await copy.carryOut();
    engine = await openEngine(again, { monitor });
    expect(writableSource(engine.cluster.snapshot())?.node.name).toBe('source');
    const kept = await written(engine);
    expect([await verdictOn(gone, engine), await verdictOn(kept, engine)]).toEqual(['LOST', 'WHOLE']);
  });
});
