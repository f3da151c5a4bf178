import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RedisLeases } from '../../src/cluster/redis-leases.ts';
import { CacheUnavailableError } from '../../src/platform/cache-error.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { Redis } from '../../src/platform/redis.ts';
import { TestRedis, targetOf } from '../support/test-redis.ts';
import { until } from '../support/until.ts';

let server: TestRedis;
const open: Redis[] = [];

beforeAll(async () => {
  server = await TestRedis.start();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((redis) => redis.close()));
});
afterAll(() => server.stop());

/** Counts what is waited for. */
function watchedClock() {
  const waits = { deadlines: 0, pauses: 0 };
  const clock: Clock = {
    ...systemClock,
    after: (ms, callback) => {
      waits.deadlines += 1;
      return systemClock.after(ms, callback);
    },
    sleep: (ms, options) => {
      waits.pauses += 1;
      return systemClock.sleep(ms, options);
    },
  };
  return { clock, waits };
}

function client(prefix = 'test:', url = server.url, clock: Clock = systemClock): Redis {
  const redis = new Redis({ target: targetOf(url), prefix, clock, random: Math.random, timeoutMs: 100 });
  open.push(redis);
  return redis;
}

async function connected(prefix?: string, clock?: Clock): Promise<Redis> {
  const redis = client(prefix, undefined, clock);
  await redis.start();
  await until('Redis answers', () => answers(redis));
  return redis;
}

const answers = (redis: Redis) =>
  redis.call('ping', []).then(
    () => true,
    () => false,
  );

describe('Redis that answers', () => {
  it('keeps values and passes messages on', async () => {
    const [a, b] = [await connected(), client()];
    const heard: string[] = [];
    b.listen('news', (text) => heard.push(text));
    await b.start();
    await a.call('set', [a.key('value'), 'one']);
    expect(await a.call('get', [a.key('value')])).toBe('one');
    await until('the message is heard', async () => {
      await a.call('publish', [a.key('news'), 'hello']).catch(() => undefined);
      return heard.includes('hello');
    });
  });

  it('says what is wrong with a call', async () => {
    const redis = await connected();
    await expect(redis.call('get', [])).rejects.toThrow('Redis refused a command with ERR');
    expect(await answers(redis)).toBe(true);
  });
});

describe('Redis that is gone', () => {
  afterEach(() => server.restart());

  it('is noticed, and noticed when it is back', async () => {
    const redis = client();
    const changes: boolean[] = [];
    redis.onChange((trouble) => changes.push(trouble === null));
    redis.listen('news', () => undefined);
    await redis.start();
    await until('it is there', () => changes.length === 1);
    await server.kill();
    await until('it is missed', () => changes.length === 2);
    await expect(redis.call('get', ['a'])).rejects.toBeInstanceOf(CacheUnavailableError);
    await server.restart();
    await until('it is back', () => changes.length === 3);
    await until('it answers', () => answers(redis));
    expect(changes).toEqual([true, false, true]);
  });

  it('prevents neither start nor stop', async () => {
    await server.kill();
    const redis = client();
    await redis.start();
    const failure = await redis.call('get', ['a']).catch((error) => error);
    expect(failure).toMatchObject({
      code: 'CACHE_UNAVAILABLE',
      retryable: true,
      message: 'Redis refused the connection',
    });
    await server.restart();
    await until('it is found', () => answers(redis));
  });
});

describe('Redis that hangs with its sockets open', () => {
  afterEach(() => server.resume());

  it('costs one caller its deadline, and the others nothing', async () => {
    const { clock, waits } = watchedClock();
    const redis = await connected(undefined, clock);
    const changes: (string | null)[] = [];
    redis.onChange((trouble) => changes.push(trouble));
    server.pause();
    await expect(redis.call('get', ['a'])).rejects.toThrow(/^Redis (did not answer within 100 ms|does not answer)$/);
    const before = waits.deadlines;
    const refused = Array.from({ length: 1000 }, () => redis.call('get', ['a']).catch((error) => error.code));
    expect(waits.deadlines).toBe(before);
    expect(new Set(await Promise.all(refused))).toEqual(new Set(['CACHE_UNAVAILABLE']));
    await until('it is missed', () => changes[0] === 'does not answer');
    server.resume();
    await until('it is back', () => answers(redis));
  });

  it('is noticed without a call', async () => {
    const redis = await connected();
    const changes: (string | null)[] = [];
    redis.onChange((trouble) => changes.push(trouble));
    server.pause();
    await until('it is missed', () => changes.length === 1);
    expect(changes).toEqual(['does not answer']);
  });

  it('is not taken for gone by a process that could not hear it', async () => {
    const redis = await connected();
    const changes: (string | null)[] = [];
    redis.onChange((trouble) => changes.push(trouble));
    server.pause();
    await expect(redis.call('get', ['a'])).rejects.toThrow('Redis did not answer within 100 ms');
    server.resume();
    // Nothing else runs here for longer than a silent server is given. Its answer lies in the socket by then.
    const untilMs = systemClock.monotonic() + 2000;
    while (systemClock.monotonic() < untilMs);
    await until('it answers', () => answers(redis));
    expect(changes).toEqual([]);
  });

  it('prevents neither start nor stop', async () => {
    server.pause();
    const redis = client();
    await redis.start();
    expect(await answers(redis)).toBe(false);
    await redis.close();
  });
});

describe('Redis that refuses the greeting', () => {
  it.each([
    [
      'a password',
      (url: string) => url.replace('://', '://somebody:wrong@'),
      /^rejects the user or password of REDIS_URL$/,
    ],
    ['a database', (url: string) => `${url}/99`, /^does not have the database number in REDIS_URL$/],
  ])('for %s counts as gone, and as nothing else', async (_, spoiled, trouble) => {
    const { clock, waits } = watchedClock();
    const redis = client('test:', spoiled(server.url), clock);
    const changes: (string | null)[] = [];
    redis.onChange((change) => changes.push(change));
    await redis.start();
    await until('it was tried again', () => waits.pauses > 3);
    expect(changes).toEqual([expect.stringMatching(trouble)]);
    await expect(redis.call('get', ['a'])).rejects.toThrow(CacheUnavailableError);
  });
});

describe('a lease', () => {
  it('has one holder at a time', async () => {
    const [a, b] = [new RedisLeases(await connected('one:')), new RedisLeases(await connected('one:'))];
    const taken = await Promise.all([a, b, a, b].map((leases) => leases.acquire('promotion', 60_000)));
    const held = taken.filter((lease) => lease !== null);
    expect(held).toHaveLength(1);
    await held[0]?.release();
    expect(await b.acquire('promotion', 60_000)).not.toBeNull();
  });

  it('ends by itself, and then its late holder neither holds on to it nor takes it from the next', async () => {
    const leases = new RedisLeases(await connected('two:'));
    const late = await leases.acquire('promotion', 20);
    let next = await leases.acquire('promotion', 60_000);
    await until('it has ended', async () => {
      next ??= await leases.acquire('promotion', 60_000);
      return next !== null;
    });
    expect(await late?.renew()).toBe(false);
    await late?.release();
    expect(await leases.acquire('promotion', 60_000)).toBeNull();
    expect(await next?.renew()).toBe(true);
  });

  it('remembers when the work was last done, and only then', async () => {
    const leases = new RedisLeases(await connected('three:'));
    expect(await leases.lastDone('promotion')).toBeNull();
    await (await leases.acquire('promotion', 60_000))?.release();
    expect(await leases.lastDone('promotion')).toBeNull();
    await (await leases.acquire('promotion', 60_000))?.release({ done: true });
    const first = await leases.lastDone('promotion');
    expect(first).toBeGreaterThanOrEqual(0);
    await until('time goes by', async () => Number(await leases.lastDone('promotion')) > Number(first));
    expect(await leases.lastDone('something else')).toBeNull();
  });

  it('is not given by a Redis that is gone, and not kept', async () => {
    const leases = new RedisLeases(await connected('four:'));
    const lease = await leases.acquire('promotion', 60_000);
    await server.kill();
    await expect(leases.acquire('other', 60_000)).rejects.toBeInstanceOf(CacheUnavailableError);
    expect(await lease?.renew()).toBe(false);
    await expect(leases.lastDone('promotion')).rejects.toBeInstanceOf(CacheUnavailableError);
    await server.restart();
  });
});
