import { randomBytes, randomUUID } from 'node:crypto';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { type Connection, createConnection, createPool, type Pool } from 'mariadb';
import { Prisma, PrismaClient } from '../../prisma/generated/orders/client.ts';
import { clusterHealth } from '../../src/cluster/cluster-health.ts';
import type { Flavour, Position } from '../../src/consistency/position.ts';
import {
  type OwnStatement,
  OwnStatementError,
  type OwnStatements,
  ownStatements,
} from '../../src/database/clients/own-statements.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import type { OrdersSession, OrdersTransaction } from '../../src/database/orders/orders-client.ts';
import { ourMigrations } from '../../src/database/orders/our-migrations.ts';
import { DatabaseScope } from '../../src/database/session/database-scope.ts';
import { WriteCapture } from '../../src/database/write/write-capture.ts';
import { ClusterEventFeed } from '../../src/graphql/cluster/cluster-event-feed.ts';
import type { OperationContext } from '../../src/graphql/context.ts';
import { noJobs } from '../../src/jobs/jobs.ts';
import { OrderChanges } from '../../src/orders/order-changes.ts';
import { readOrders } from '../../src/orders/order-reads.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { parsePosition } from './positions.ts';
import { startTestCluster } from './test-cluster.ts';

export const migrationsDirectory = ourMigrations('orders');

/** A session on one server that tells what it learned. */
export type TestSession = OrdersSession & {
  /** What the client has written and adopted, merged. */
  readonly position: () => Position | null;
  readonly issuedAtMs: () => number;
};

export type OrdersDatabase = {
  readonly url: string;
  readonly flavour: Flavour;
  readonly client: PrismaClient;
  /** Every statement since the last `clear`, of all sessions. */
  readonly statements: { readonly all: () => string[]; readonly clear: () => void };
  /** How the server would run each of those statements. */
  explain(): Promise<Record<string, unknown>[]>;
  session(faults?: SessionFaults): TestSession;
  context(session?: OrdersSession): OperationContext;
  admin(): Promise<Connection>;
  stop(): Promise<void>;
};

/** Makes a session go wrong where real ones do. */
export type SessionFaults = { readonly annotate?: () => void; readonly positionUnknown?: () => boolean };

/** An empty server with one new database in it. */
export async function startDatabaseServer(): Promise<{
  readonly flavour: Flavour;
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}> {
  const cluster = await startTestCluster({ replicas: 0, backup: false, redis: false });
  const base = new URL(cluster.adminUrl('source'));
  return {
    flavour: cluster.cluster.flavour,
    async newDatabase() {
      const name = `t_${randomUUID().slice(0, 8)}`;
      const admin = await cluster.admin('source');
      await admin.query(`CREATE DATABASE ${name}`);
      await admin.end();
      return Object.assign(new URL(base), { pathname: `/${name}` }).href;
    },
    stop: () => cluster.stop(),
  };
}

/** The orders database, migrated and empty, on a server of its own. */
export async function startOrdersDatabase(): Promise<OrdersDatabase> {
  const server = await startDatabaseServer();
  const url = await server.newDatabase();
  await migrate({ url, directory: migrationsDirectory, log: () => undefined });
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  const account = {
    host,
    port: Number(port),
    user,
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    allowPublicKeyRetrieval: true,
    timezone: 'Z',
  };
  const pool = createPool({ ...account, connectionLimit: 12 });
  const scope = new DatabaseScope('orders');
  const client = new PrismaClient({
    adapter: new PrismaMariaDb(noting(pool, scope), { database: account.database }),
    log: [{ level: 'query', emit: 'event' }],
  });
  const seen: { query: string; params: unknown[] }[] = [];
  client.$on('query', ({ query, params }) => {
    const control = /^(BEGIN|COMMIT|ROLLBACK|--)/.test(query);
    if (!control) seen.push({ query, params: (JSON.parse(params) as unknown[]).map(plain) });
  });
  const note = ({ sql, values }: OwnStatement) => seen.push({ query: sql, params: [...values] });
  const noted = (own: OwnStatements): OwnStatements => ({
    rows: (statement) => {
      note(statement);
      return own.rows(statement);
    },
    run: (statement) => {
      note(statement);
      return own.run(statement);
    },
  });
  const flavour = server.flavour;

  const positionNow = async (): Promise<Position> => {
    const variable = flavour === 'mariadb' ? '@@GLOBAL.gtid_binlog_pos' : '@@GLOBAL.gtid_executed';
    const rows: { now: string }[] = await pool.query(`SELECT ${variable} AS now`);
    return parsePosition(flavour, rows[0]?.now ?? '');
  };

  const session = (faults: SessionFaults = {}): TestSession => {
    let position: Position | null = null;
    let issuedAtMs = 0;
    const adopt = (learned: Position, atMs: number) => {
      if (position?.includes(learned)) return;
      position = position?.merge(learned) ?? learned;
      issuedAtMs = Math.max(issuedAtMs, atMs);
    };
    const inTransaction: OrdersSession['annotate'] = async (work) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const capture = new WriteCapture();
          const run = (tx: OrdersTransaction) => work(tx, noted(capture.own));
          const limits = { maxWait: 20_000, timeout: 20_000 };
          return await scope.writing(capture, async () => client.$transaction(run, limits));
        } catch (error) {
          if (!isDeadlock(error) || attempt === 10) throw error;
        }
      }
    };
    return {
      client,
      rows: (statement) => noted(ownStatements(pool)).rows(statement),
      position: () => position,
      issuedAtMs: () => issuedAtMs,
      adopt,
      requireSource: () => undefined,
      annotate: async (work) => {
        faults.annotate?.();
        return inTransaction(work);
      },
      write: async (work) => {
        const value = await inTransaction(work);
        const atMs = systemClock.now();
        if (faults.positionUnknown?.() === true)
          return { value, position: null, onlyOnSource: false, includesItsReads: false, issuedAtMs: atMs };
        const learned = await positionNow();
        adopt(learned, atMs);
        return { value, position: learned, onlyOnSource: false, includesItsReads: false, issuedAtMs: atMs };
      },
    };
  };

  return {
    url,
    flavour,
    client,
    statements: { all: () => seen.map(({ query }) => query), clear: () => seen.splice(0) },
    explain: async () => {
      const prefix = flavour === 'mysql' ? 'EXPLAIN FORMAT=TRADITIONAL' : 'EXPLAIN';
      const plans = await Promise.all(seen.map(({ query, params }) => pool.query(`${prefix} ${query}`, params)));
      return plans.flat() as Record<string, unknown>[];
    },
    session,
    context: (given = session()) => ({
      cluster: () => ({ ...clusterHealth([], 0), epoch: null, redis: null, mirror: async () => null }),
      clusterEvents: new ClusterEventFeed({ subscribe: () => () => undefined }),
      routingLog: null,
      jobs: noJobs,
      orderChanges: new OrderChanges(null),
      requestId: 'test',
      client: 'test',
      session: given,
      orders: readOrders(given),
      clock: systemClock,
      randomBytes,
      consistencyToken: () => ('position' in given ? ((given as TestSession).position()?.format() ?? null) : null),
      pageToken: async () => (await positionNow()).format(),
    }),
    admin: () => createConnection(account),
    stop: async () => {
      await client.$disconnect();
      await pool.end();
      await server.stop();
    },
  };
}

/** Of a statement of Prisma's, or of our own. */
function isDeadlock(error: unknown): boolean {
  if (error instanceof OwnStatementError) return error.code === 'ER_LOCK_DEADLOCK';
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034';
}

/** Statements of our own run on the connection of the transaction that they belong to, as in the product. */
function noting(pool: Pool, scope: DatabaseScope): Pool {
  const getConnection = async () => {
    const { capture } = scope;
    const connection = await pool.getConnection();
    if (capture !== null) capture.own = ownStatements(connection);
    return connection;
  };
  const passed = { query: pool.query.bind(pool), execute: pool.execute.bind(pool), end: pool.end.bind(pool) };
  return { ...passed, getConnection } as unknown as Pool;
}

/** Whole numbers are logged as texts, which LIMIT does not take. */
function plain(parameter: unknown): unknown {
  return typeof parameter === 'string' && /^\d{1,15}$/.test(parameter) ? Number(parameter) : parameter;
}
