import type { ConsistencyRequest } from '../../src/consistency/consistency-request.ts';
import type { Position } from '../../src/consistency/position.ts';
import { emptySession, type Session } from '../../src/consistency/session.ts';
import type { DatabaseNode, ReplicatedDatabaseOptions } from '../../src/database/engine/database-options.ts';
import { defaultSettings } from '../../src/database/engine/default-settings.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import {
  type OrdersClient,
  type OrdersDatabase,
  type OrdersPinnedSession,
  type OrdersTransaction,
  openOrdersDatabase,
} from '../../src/database/orders/orders-client.ts';
import { ourMigrations } from '../../src/database/orders/our-migrations.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { flavours } from '../../src/servers/flavours.ts';
import type { TestCluster } from './test-cluster.ts';

export type EngineOptions = Partial<ReplicatedDatabaseOptions<OrdersClient>> & {
  /** Where the engine finds a node when something stands between the two. */
  readonly via?: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
};

export const migrations = ourMigrations('orders');
const roles = { source: 'SOURCE', replica: 'REPLICA', backup: 'BACKUP' } as const;

/** Gives a cluster the tables of orders, and waits until every replica has them. */
export async function migrateOrders(cluster: TestCluster): Promise<void> {
  await migrate({ url: cluster.adminUrl(sourceOf(cluster)), directory: migrations, log: () => undefined });
  for (const { name, role } of cluster.cluster.nodes) if (role === 'replica') await caughtUp(cluster, name);
}

/** The name of the node that takes the writes, or took them when a group last came together. */
export function sourceOf({ cluster }: TestCluster): string {
  return cluster.nodes.find(({ role }) => role === 'source')?.name ?? 'source';
}

/** Resolves when the replica has applied everything that the source has now. */
export async function caughtUp(cluster: TestCluster, replica: string, from = sourceOf(cluster)): Promise<void> {
  const questions = flavours[cluster.cluster.flavour].questions(systemClock);
  const source = await openDirectConnection(cluster.adminUrl(from));
  const follower = await openDirectConnection(cluster.adminUrl(replica));
  try {
    const { observed } = await questions.readPosition(source, 'SOURCE');
    const { reached } = await questions.waitFor(follower, observed, 30_000);
    if (!reached.includes(observed)) throw new Error(`${replica} did not catch up`);
  } finally {
    await source.end();
    await follower.end();
  }
}

export function nodesOf({ cluster }: TestCluster, via: EngineOptions['via'] = {}): DatabaseNode[] {
  return cluster.nodes.map(({ name, role, host, port }) => ({
    name,
    configuredRole: roles[role],
    host,
    port,
    ...via[name],
    ...cluster.credentials.app,
    database: cluster.database,
    tls: null,
    priority: 1,
    weight: 1,
  }));
}

/** What tests run an engine with, of whatever models, unless they say otherwise. */
export const defaultEngine = {
  ...defaultSettings(),
  log: createLog({ level: 'silent', format: 'json' }),
  pool: { ...defaultSettings().pool, connectionsPerNode: 10 },
  nodePatienceMs: 100,
  health: { ...defaultSettings().health, minServingReplicas: 0 },
};

/** The engine over a test cluster, started. The caller stops it. */
export async function openEngine(cluster: TestCluster, { via, ...given }: EngineOptions = {}): Promise<OrdersDatabase> {
  const database = openOrdersDatabase({
    nodes: nodesOf(cluster, via),
    ...defaultEngine,
    ...given,
  });
  await database.start();
  return database;
}

/** Sessions of one client: each operation starts from what the ones before it have seen. */
export class TestClient {
  readonly #database: OrdersDatabase;
  session: Session;
  /** Of the last operation that read. */
  decision: OrdersPinnedSession['decision'] = null;

  constructor(database: OrdersDatabase) {
    this.#database = database;
    this.session = emptySession('orders', database.epochs.at(-1)?.epoch ?? 1);
  }

  async write<T>(
    work: (transaction: OrdersTransaction) => Promise<T>,
  ): Promise<{ value: T; position: Position | null }> {
    return this.#operation({}, true, (session) => session.write(work));
  }

  /** Runs `work` as one operation and advances by what it saw. */
  async read<T>(work: (client: OrdersClient) => Promise<T>, intent: Partial<ConsistencyRequest> = {}): Promise<T> {
    // Promises of Prisma start when they are awaited: that has to be inside.
    return this.#operation(intent, false, async (session) => await work(session.client));
  }

  async #operation<T>(
    intent: Partial<ConsistencyRequest>,
    writes: boolean,
    work: (session: OrdersPinnedSession) => Promise<T>,
  ): Promise<T> {
    const session = this.#database.openSession({
      session: this.session,
      intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null, ...intent },
      writes,
    });
    try {
      if (!writes) await session.pin();
      const value = await session.run(() => work(session));
      await session.observe();
      this.session = session.session;
      return value;
    } finally {
      this.decision = session.decision;
      session.end();
    }
  }
}

let numbers = 0;

/** A new order as small as one can be. */
export function newOrder() {
  numbers += 1;
  const number = `T-${process.pid}-${numbers}`;
  return { number, userId: 1n, total: '1.00', currency: 'EUR' };
}
