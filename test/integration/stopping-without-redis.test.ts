import { expect, it } from 'vitest';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { BackgroundWork } from '../../src/jobs/background-work.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { Redis } from '../../src/platform/redis.ts';
import { RedisServer } from '../support/redis-server.ts';
import { targetOf } from '../support/test-redis.ts';
import { TickingClock } from '../support/ticking-clock.ts';
import { until } from '../support/until.ts';

it.each([
  ['gone', false],
  ['gone, with an order in hand', true],
])('background work stops soon when Redis is %s: no wait is added to another', async (_, inHand) => {
  const server = await RedisServer.start();
  const target = targetOf(server.url);
  const redis = new Redis({ target, prefix: null, clock: systemClock, random: Math.random, timeoutMs: 1000 });
  // Only what this part waits for stands still.
  const clock = new TickingClock();
  let resumed = 0;
  const database = {
    committed: { subscribe: () => () => undefined },
    resume: () => {
      resumed += 1;
      return new Promise(() => undefined);
    },
  };
  const background = new BackgroundWork({
    redis,
    target,
    jobs: {
      attempts: 3,
      firstPauseMs: 1,
      maxPauseMs: 1,
      concurrency: 1,
      ratePerS: 100,
      lockMs: 60_000,
      graceMs: 5000,
      refreshEveryMs: 'off',
      maxWaiting: 10,
      maxWaitingPerClient: 10,
    },
    payments: { url: 'http://127.0.0.1:1', token: null, timeoutMs: 1000 },
    clusterId: 'orders',
    // All that a recheck asks of it before the provider is asked.
    database: database as unknown as OrdersDatabase,
    tokens: { decode: () => expect.unreachable(), encode: () => '' },
    clock,
    random: Math.random,
    randomBytes: (count) => new Uint8Array(count),
    log: createLog({ level: 'silent', format: 'json' }),
  });
  await redis.start();
  await redis.identify('test:');
  await background.identify('test:');
  background.startWorkers();
  await until('jobs can be reached', async () => background.jobs.trouble === null);
  if (inHand) {
    await until('one is queued', () =>
      background.jobs.recheck([1n], { token: null, client: 'c' }).then(
        () => true,
        () => false,
      ),
    );
    await until('it is in hand', () => resumed > 0);
  }
  await server.stop();
  await until('it is noticed', () => background.jobs.trouble !== null);

  const begunMs = clock.monotonic();
  let stopped = false;
  const stopping = background.stop().then(() => {
    stopped = true;
  });
  while (!stopped && clock.monotonic() - begunMs < 60_000) {
    // What needs no time has gone on by then.
    await systemClock.sleep(200);
    if (!stopped) await clock.tick(500);
  }
  await stopping;
  expect(clock.monotonic() - begunMs).toBeLessThan(6000);
  await redis.close();
});
