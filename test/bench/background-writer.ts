/**
 * A process that updates orders at a steady pace, as jobs do: set up as `npm run worker` is, each order in a transaction of its
 * own, cache and listeners told behind each commit, and the processor left to whoever wants it. What it takes to ask it is
 * no part of it: POST /begin, and POST /end, which answers how fast it was.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { openBackground } from '../../src/app/open-background.ts';
import { openDatabase } from '../../src/app/open-database.ts';
import { openIdentity } from '../../src/app/open-identity.ts';
import { openCache, openRedis } from '../../src/app/open-redis.ts';
import { openTokens } from '../../src/app/open-tokens.ts';
import { clusterConfig } from '../../src/cli/cluster-config.ts';
import { JobSessions } from '../../src/jobs/job-sessions.ts';
import { createOrder } from '../../src/orders/create-order.ts';
import { createOrderRules } from '../../src/orders/order-rules.ts';
import { updateOrder } from '../../src/orders/update-order.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { giveWay } from '../../src/platform/give-way.ts';
import { createLog } from '../../src/platform/log.ts';
import { pacedLoop, type Throughput } from './load.ts';

const [port = 0, workers = 0, ordersEach = 0, perSecond = 0] = process.argv.slice(2).map(Number);

await giveWay();
const config = await clusterConfig();
const log = createLog(config.log);
const redis = openRedis(config);
const database = openDatabase(config, log);
if (redis !== null) openCache(config, { redis, database });
const tokens = openTokens(config, database);
const background = openBackground(config, { redis, database, tokens, log });
await redis?.start();
await database.start();
await openIdentity(config, { database, redis, background, log }).start();

const sessions = new JobSessions({ database, tokens, clusterId: config.cluster.id, clock });
const input = createOrderRules.parse({
  userId: '1',
  currency: 'EUR',
  items: [{ sku: 'TIDE-1', name: 'Tide table', quantity: 1, unitPrice: '13.50' }],
});
type Own = { readonly id: bigint; version: number };

const make = async (): Promise<Own> => {
  const { value } = await sessions.run(null, 'SESSION', (session) =>
    createOrder({ session, clock, randomBytes }, input),
  );
  return { id: value.id, version: value.version };
};

async function update(own: Own): Promise<void> {
  const command = { id: own.id, expectedVersion: own.version, charge: 1350n, idempotencyKey: null };
  const { value } = await sessions.run(null, 'SESSION', (session) => updateOrder({ session, clock }, command));
  own.version = value.version;
}

const orders: Own[][] = [];
for (let worker = 0; worker < workers; worker += 1) {
  orders.push(await Promise.all(Array.from({ length: ordersEach }, make)));
}
const turns = orders.map(() => 0);
const operation = async (worker: number) => {
  const own = orders[worker]?.[(turns[worker] ?? 0) % ordersEach];
  turns[worker] = (turns[worker] ?? 0) + 1;
  if (own === undefined) throw new Error('nothing to write to');
  await update(own);
};

let end = new AbortController();
let writing: Promise<Throughput> | null = null;
const server = createServer(async ({ url }, response) => {
  try {
    if (url === '/begin') {
      end = new AbortController();
      writing = pacedLoop({ workers, perSecond, operation }, end.signal);
      writing.catch(() => undefined);
      response.end('{}');
    } else {
      end.abort();
      response.end(JSON.stringify(await writing));
    }
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(port, '127.0.0.1');
await once(server, 'listening');
process.stdout.write('ready\n');
await once(process, 'SIGTERM');
process.exit(0);
