/**
 * The same read by id, in this process, with as many connections and the same settings:
 *   a  through a session of the engine that requires a position: a node is chosen, and the read runs there
 *   b  on a replica's plain Prisma client, after the server's own wait function was called through that client
 * Both promise to read the session's own writes, and no more. The details tell what (a) costs with monotonic reads on top, as
 * the API offers them: then what the read may have seen is observed too.
 * Both replicas include the position all along, so neither side ever waits for replication.
 */

import { PrismaClient } from '../../../prisma/generated/orders/client.ts';
import { openDatabase } from '../../../src/app/open-database.ts';
import { defaultMaxCommitMs } from '../../../src/cluster/commit-patience.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import type { ConsistencyRequest } from '../../../src/consistency/consistency-request.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { advanceSession, emptySession, type Session } from '../../../src/consistency/session.ts';
import { closeNodeClients, makeNodeClients } from '../../../src/database/clients/node-clients.ts';
import type { OrdersClient, OrdersDatabase } from '../../../src/database/orders/orders-client.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLog } from '../../../src/platform/log.ts';
import { mariadbStatements } from '../../../src/servers/mariadb/statements.ts';
import { mysqlStatements } from '../../../src/servers/mysql/statements.ts';
import { environmentFor } from '../../consistency/api-process.ts';
import type { Random } from '../../consistency/random.ts';
import type { Bench } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { interleave } from '../interleave.ts';
import { closedLoop } from '../load.ts';
import { median, rounded } from '../statistics.ts';

const intent = { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null } as const;
const ownWritesOnly = { ...intent, monotonicReads: false } as const;
const select = { id: true, number: true, status: true, version: true, total: true, currency: true } as const;

export const gatedReadVsWaitFunction: Bench = {
  name: 'gated-read-vs-wait-function',
  title: "gated read at the Prisma client, over the same read with the server's wait function called before it",

  async measure({ laboratory, seconds, concurrency, orders, random }) {
    const environment = environmentFor(await laboratory.cluster('direct'));
    const read = readConfig({ ...environment, NODE_ENV: 'production' });
    if (read.mode !== 'external') throw new Error('the cluster is not told');
    const { config } = read;
    const database = openDatabase(config, createLog({ level: 'warn', format: 'json' }));
    const plain = config.cluster.nodes
      .filter(({ role }) => role === 'replica')
      .map((address) =>
        makeNodeClients<OrdersClient>(
          address,
          {
            pool: config.pools,
            clock: systemClock,
            scope: new DatabaseScope('orders'),
            makeClient: ({ adapter }) => new PrismaClient({ adapter }),
          },
          {
            onConnectionLost: (trouble) => {
              throw new Error(trouble);
            },
            isThere: async () => false,
            commitPatienceMs: () => defaultMaxCommitMs,
          },
        ),
      );
    try {
      await database.start();
      const position = await writeSomething(database, config.cluster.id);
      await laboratory.cluster('direct');
      const session = advanceSession(emptySession(config.cluster.id, 1), position, 1);
      const reader = { random, highest: orders };
      const loop = (operation: () => Promise<void>) => async (ms: number) =>
        (await closedLoop({ workers: concurrency, ms, operation })).perSecond;
      const clients = plain.map(({ direct }) => direct);
      const wait = loop(() => readAfterWaitFunction(clients, position, reader));
      const gate = (asked: ConsistencyRequest) => loop(() => gatedRead(database, session, asked, reader));
      const pairs = await interleave({ a: gate(ownWritesOnly), b: wait }, { seconds: seconds / 2, roundMs: 1000 });
      const monotonic = await interleave({ a: gate(intent), b: wait }, { seconds: seconds / 2, roundMs: 1000 });
      return {
        findings: [findingOfPairs('throughput, gate over wait', 'x', { atLeast: 1.25 }, pairs, (a, b) => a / b)],
        details: {
          concurrency,
          pairs: pairs.length,
          perSecond: {
            gated: rounded(median(pairs.map(({ a }) => a)), 0),
            afterWaitFunction: rounded(median(pairs.map(({ b }) => b)), 0),
          },
          monotonicReadsToo: rounded(median(monotonic.map(({ a, b }) => a / b))),
        },
      };
    } finally {
      await database.stop();
      await Promise.all(plain.map((clients) => closeNodeClients(clients)));
    }
  },
};

type Reader = { readonly random: Random; readonly highest: number };

const someId = ({ random, highest }: Reader): bigint => BigInt(random.between(1, highest));

async function gatedRead(
  database: OrdersDatabase,
  session: Session,
  asked: ConsistencyRequest,
  reader: Reader,
): Promise<void> {
  const pinned = database.openSession({ session, intent: asked, writes: false });
  try {
    const { role } = await pinned.pin();
    // Prisma's promises are lazy: this one must be awaited inside the session.
    const row = await pinned.run(
      async () => await pinned.client.order.findUnique({ where: { id: someId(reader) }, select }),
    );
    if (row === null || role !== 'REPLICA') throw new Error('not a read from a replica');
    await pinned.observe();
  } finally {
    pinned.end();
  }
}

async function readAfterWaitFunction(clients: OrdersClient[], position: Position, reader: Reader): Promise<void> {
  const client = reader.random.pick(clients);
  if (client === undefined) throw new Error('no replica');
  const statements = position.flavour === 'mysql' ? mysqlStatements : mariadbStatements;
  const [waited] = await client.$queryRawUnsafe<{ outcome: unknown }[]>(statements.wait?.(position, 1) ?? '');
  if (Number(waited?.outcome) !== 0) throw new Error('the position is not there');
  const row = await client.order.findUnique({ where: { id: someId(reader) }, select });
  if (row === null) throw new Error('not a read');
}

/** A position that a session would carry. */
async function writeSomething(database: OrdersDatabase, clusterId: string): Promise<Position> {
  const pinned = database.openSession({ session: emptySession(clusterId, 1), intent, writes: true });
  const { position } = await pinned.write((transaction) =>
    transaction.order.update({ where: { id: 1n }, data: { version: { increment: 1 } } }),
  );
  pinned.end();
  if (position === null) throw new Error('the write told no position');
  return position;
}
