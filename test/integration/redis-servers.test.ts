import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TaskQueue } from '../../src/jobs/task-queue.ts';
import { TaskWorker } from '../../src/jobs/task-worker.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { Redis } from '../../src/platform/redis.ts';
import { type RedisTarget, readRedisUrl } from '../../src/platform/redis-target.ts';
import { certificates } from '../support/certificates.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type Address, TcpProxy } from '../support/tcp-proxy.ts';
import { targetOf } from '../support/test-redis.ts';
import { until } from '../support/until.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function server(
  lines: readonly string[] = [],
  options: { sentinel?: boolean; password?: string } = {},
): Promise<RedisServer> {
  const started = await RedisServer.start(lines, options);
  endings.push(() => started.stop());
  return started;
}

function client(target: RedisTarget): { redis: Redis; told: (string | null)[]; emptied: () => number } {
  const redis = new Redis({ target, prefix: 'test:', clock: systemClock, random: Math.random, timeoutMs: 2000 });
  endings.push(() => redis.close());
  const told: (string | null)[] = [];
  let emptied = 0;
  redis.onChange((trouble) => told.push(trouble));
  redis.onEmptied(() => {
    emptied += 1;
  });
  redis.listen('news', () => undefined);
  return { redis, told, emptied: () => emptied };
}

async function connected(target: RedisTarget) {
  const opened = client(target);
  await opened.redis.start();
  await until('it is there', () => opened.redis.trouble === null);
  return opened;
}

const set = (redis: Redis) =>
  redis.call('set', [redis.key('value'), 'x']).then(
    () => null,
    (error: Error) => error.message,
  );

/** An address that leads to another server from now on; who is connected stays where they are. */
class MovingAddress extends TcpProxy {
  static async start(target: () => Address): Promise<MovingAddress> {
    return new MovingAddress(target).listen();
  }

  protected carry(client: Socket, behind: Socket): void {
    client.pipe(behind);
    behind.pipe(client);
  }
}

async function pair() {
  const [first, second] = [await server(), await server()];
  await second.ask('replicaof', '127.0.0.1', first.port);
  await until('the replica follows', async () =>
    /master_link_status:up/.test(String(await second.ask('info', 'replication'))),
  );
  await until('the master counts on it', async () =>
    /state=online/.test(String(await first.ask('info', 'replication'))),
  );
  return { first, second };
}

/** Servers that have just met need a moment before they agree that one can take the other's place. */
const accepted = (what: string, ask: () => Promise<unknown>) =>
  until(`${what} is accepted`, () =>
    ask().then(
      () => true,
      () => false,
    ),
  );

/** The first becomes a replica of the second. Its connections stay open. */
async function failover(first: RedisServer, second: RedisServer): Promise<void> {
  await accepted('the failover', () => first.ask('failover', 'to', '127.0.0.1', second.port));
  await until('they have changed places', async () =>
    /role:slave/.test(String(await first.ask('info', 'replication'))),
  );
}

describe('a master that is demoted while its connections stay open', () => {
  it('is left for the one that takes writes now', async () => {
    const { first, second } = await pair();
    let to = first.port;
    const address = await MovingAddress.start(() => ({ host: '127.0.0.1', port: to }));
    endings.push(() => address.stop());
    const { redis, told } = await connected(targetOf(`redis://127.0.0.1:${address.address.port}`));
    expect(await set(redis)).toBeNull();
    to = second.port;
    await failover(first, second);
    await until('writes are taken again', async () => (await set(redis)) === null);
    expect(await second.ask('get', 'test:value')).toBe('x');
    expect(JSON.stringify(told)).not.toMatch(/READONLY|script/);
  });

  it('is reported as a replica as long as there is no other server', async () => {
    const { first, second } = await pair();
    const { redis, told } = await connected(targetOf(first.url));
    await failover(first, second);
    await until('it is said', () => redis.trouble !== null);
    expect(await set(redis)).toBe('Redis is a replica and accepts no writes');
    await failover(second, first);
    await until('it is back', async () => (await set(redis)) === null);
    expect(told.at(-1)).toBeNull();
  });

  it('keeps no worker waiting on it', async () => {
    const { first, second } = await pair();
    let to = first.port;
    const address = await MovingAddress.start(() => ({ host: '127.0.0.1', port: to }));
    endings.push(() => address.stop());
    const settings = {
      kind: 'RECHECK_ORDERS' as const,
      target: targetOf(`redis://127.0.0.1:${address.address.port}`),
      retry: { attempts: 3, firstPauseMs: 10, maxPauseMs: 10 },
      clock: systemClock,
      random: Math.random,
      log: createLog({ level: 'silent', format: 'json' }),
    };
    const done: string[] = [];
    const queue = new TaskQueue(settings);
    const worker = new TaskWorker({
      ...settings,
      concurrency: 1,
      ratePerS: 100,
      lockMs: 1000,
      work: async ({ order }) => void done.push(order ?? ''),
      onDead: async () => undefined,
    });
    queue.start('test:');
    worker.start('test:');
    endings.push(async () => {
      await worker.stop(100);
      await queue.stop();
    });
    const task = (order: string) => ({ kind: 'RECHECK_ORDERS' as const, job: 'j', order, token: null });
    await until('the first is queued', () =>
      queue.add([task('1')], 0).then(
        () => true,
        () => false,
      ),
    );
    await until('the first is done', () => done.includes('1'));
    to = second.port;
    await failover(first, second);
    await until('the second is queued', () =>
      queue.add([task('2')], 0).then(
        () => true,
        () => false,
      ),
    );
    await until('the second is done', () => done.includes('2'));
  });
});

describe('Redis that wants another password', () => {
  it('is said to, in a log at its most talkative, without the one that was tried', async () => {
    const redis = await server(['requirepass right'], { password: 'right' });
    const target = targetOf(redis.url.replace('://', '://default:hunter2@'));
    const directory = mkdtempSync(join(tmpdir(), 'tidemark-log-'));
    const file = join(directory, 'log');
    const fd = openSync(file, 'w');
    const log = createLog({ level: 'trace', format: 'json' }, fd);
    const queue = new TaskQueue({
      target,
      log,
      clock: systemClock,
      kind: 'RECHECK_ORDERS',
      retry: { attempts: 1, firstPauseMs: 1, maxPauseMs: 1 },
    });
    queue.start('test:');
    const { redis: shared, told } = client(target);
    await shared.start();
    await until('it is said', () => told.length > 0 && readFileSync(file, 'utf8').includes('WRONGPASS'));
    await queue.stop();
    await log.close();
    closeSync(fd);
    expect([readFileSync(file, 'utf8'), ...told].join()).not.toContain('hunter2');
    rmSync(directory, { recursive: true });
  });
});

describe('Redis that is emptied while in use', () => {
  it('is noticed, by each process once', async () => {
    const redis = await server();
    const [a, b] = [await connected(targetOf(redis.url)), await connected(targetOf(redis.url))];
    await until('the mark is left', async () => (await redis.ask('exists', 'test:mark')) === 1);
    await redis.ask('flushall');
    await until('both have noticed', () => a.emptied() === 1 && b.emptied() === 1);
    expect([a.told, b.told]).toEqual([[null], [null]]);
  });
});

describe('Redis that is full', () => {
  it('is no Redis that answers, and is one again when there is room', async () => {
    const full = await server(['maxmemory 3mb', 'maxmemory-policy noeviction']);
    const { redis } = await connected(targetOf(full.url));
    await full.ask('config', 'set', 'maxmemory', '1');
    await until('it is said', () => redis.trouble !== null);
    expect(redis.trouble).toBe('is full, and refuses writes');
    expect(await set(redis)).toBe('Redis is full, and refuses writes');
    await full.ask('config', 'set', 'maxmemory', '0');
    await until('it is well', async () => (await set(redis)) === null);
  });

  it('or cannot save, says so, and never in the words of a script', async () => {
    const broken = await server(['min-replicas-to-write 1']);
    const { redis } = client(targetOf(broken.url));
    await redis.start();
    await until('it is said', () => redis.trouble === 'refuses writes, because it has too few replicas');
    expect(await set(redis)).toBe('Redis refuses writes, because it has too few replicas');
  });
});

describe('Redis that is not what the URL says', () => {
  it.each([
    ['a cluster', ['cluster-enabled yes'], (url: string) => url, /^runs in cluster mode, which is not supported/],
    [
      'one that wants a password',
      ['requirepass secret'],
      (url: string) => url,
      /^requires a password, and REDIS_URL has none$/,
    ],
    [
      'one with another password',
      ['requirepass secret'],
      (url: string) => url.replace('//', '//:wrong@'),
      /^rejects the user or password/,
    ],
    [
      'one that allows too little',
      ['user default on nopass ~* +@read +ping +info'],
      (url: string) => url,
      /^denies the user/,
    ],
  ])('%s', async (_, lines, urlOf, trouble) => {
    const { redis } = client(targetOf(urlOf((await server(lines)).url)));
    await redis.start();
    await until('it is said', () => trouble.test(redis.trouble ?? ''));
  });
});

describe('Sentinels', () => {
  it('lead to the master, and to the next one', async () => {
    const { first, second } = await pair();
    const sentinel = await server(
      [
        `sentinel monitor mymaster 127.0.0.1 ${first.port} 1`,
        'sentinel down-after-milliseconds mymaster 60000',
        'requirepass watch',
      ],
      { sentinel: true, password: 'watch' },
    );
    const target = readRedisUrl(`redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/mymaster/0`, {
      ca: null,
      sentinelPassword: 'watch',
    });
    if (typeof target === 'string') throw new Error(target);
    const { redis } = await connected(target);
    expect(await set(redis)).toBeNull();
    expect(await first.ask('get', 'test:value')).toBe('x');
    await until('the Sentinel knows the replica', async () =>
      /slaves=1/.test(String(await sentinel.ask('info', 'sentinel'))),
    );
    await accepted('the failover', () => sentinel.ask('sentinel', 'failover', 'mymaster'));
    await until('the second is the master', async () =>
      /role:master/.test(String(await second.ask('info', 'replication'))),
    );
    await until(
      'writes are taken',
      async () => (await set(redis)) === null && (await second.ask('get', 'test:value')) === 'x',
    );
  });

  it('that know no such master are said to', async () => {
    const sentinel = await server([], { sentinel: true });
    const { redis } = client(targetOf(`redis+sentinel://127.0.0.1:${sentinel.port}/nobody`));
    await redis.start();
    await until('it is said', () => redis.trouble === 'has no Sentinel that knows its master');
  });
});

describe('rediss', () => {
  const secured = () =>
    server([
      'port 0',
      'tls-port <port>',
      `tls-cert-file ${certificates.server}`,
      `tls-key-file ${certificates.serverKey}`,
      `tls-ca-cert-file ${certificates.ca}`,
      'tls-auth-clients no',
    ]);
  const target = (host: string, port: number, file: string | null) => {
    const read = readRedisUrl(`rediss://${host}:${port}`, {
      ca: file === null ? null : readFileSync(file, 'utf8'),
      sentinelPassword: null,
    });
    if (typeof read === 'string') throw new Error(read);
    return read;
  };

  it('trusts the CA that REDIS_CA names', async () => {
    const { port } = await secured();
    const { redis } = await connected(target('localhost', port, certificates.ca));
    expect(await set(redis)).toBeNull();
  });

  it.each([
    [
      'an authority that it does not name',
      'localhost',
      certificates.anotherCa,
      /^presents a certificate of an untrusted CA/,
    ],
    ['an authority that Node does not know', 'localhost', null, /^presents a certificate of an untrusted CA/],
    ['another host', '127.0.0.1', certificates.ca, /^presents a certificate for another host name$/],
  ])('does not trust a certificate of %s', async (_, host, file, trouble) => {
    const { port } = await secured();
    const { redis } = client(target(host, port, file));
    await redis.start();
    await until('it is said', () => trouble.test(redis.trouble ?? ''));
  });
});
