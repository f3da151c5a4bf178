import { describe, expect, it } from 'vitest';
import { printableConfig } from '../../../src/cli/check-config.ts';
import { describeConfig } from '../../../src/config/config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { whereabouts } from '../../../src/platform/redis-target.ts';

const given = { SOURCE_URL: 'mysql://app:fine@db.example.com/orders' };
const secret = 'hunter2';

/** All texts that say how Redis is set up. */
function printed(url: string, more: Record<string, string> = {}): string {
  const read = readConfig({ ...given, REDIS_URL: url, ...more });
  if (read.mode !== 'external') throw new Error('expected external servers');
  const { target } = read.config.redis;
  const lines = [JSON.stringify(describeConfig(read.config)), printableConfig(read.config), ...read.warnings];
  return [...lines, target === null ? '' : whereabouts(target)].join('\n');
}

describe('the account of Redis', () => {
  it.each([
    ['redis://user:hunter2@cache.example.com:6379/0', 'redis://***@cache.example.com:6379/0'],
    ['redis://:hunter2@cache.example.com', 'redis://***@cache.example.com'],
    // Whoever forgets the colon has written the password as the user.
    ['redis://hunter2@cache.example.com', 'redis://***@cache.example.com'],
    ['redis://hunter2:@cache.example.com', 'redis://***@cache.example.com'],
    ['REDIS://user:hunter2@cache.example.com', '://***@cache.example.com'],
    ['redis://us%40er:hunter2%2F%23@cache.example.com', 'redis://***@cache.example.com'],
    ['redis://hunter2:hunter2@[::1]:6379/3?family=6', 'redis://***@[::1]:6379/3?family=6'],
    ['rediss://user:hunter2@cache.example.com:6380', 'rediss://***@cache.example.com:6380'],
    ['rediss://hunter2@cache.example.com', 'rediss://***@cache.example.com'],
    ['redis+sentinel://user:hunter2@s1/orders', 'redis+sentinel://***@s1/orders'],
    ['redis+sentinel://user:hunter2@s1:26379,s2:26379/orders/0', 'redis+sentinel://***@s1:26379,s2:26379/orders/0'],
    ['redis+sentinel://:hunter2@s1,s2,s3/orders', 'redis+sentinel://***@s1,s2,s3/orders'],
    ['redis+sentinel://hunter2@s1:1,s2/orders', 'redis+sentinel://***@s1:1,s2/orders'],
    ['rediss+sentinel://user:hunter2@[::1]:26379,[::2]/orders', 'rediss+sentinel://***@[::1]:26379,[::2]/orders'],
  ])('is not shown: %s', (url, shown) => {
    const text = printed(url);
    expect(text).not.toContain(secret);
    expect(text).toContain(shown);
  });

  it('nor is the one of its Sentinels, and without one nothing is hidden', () => {
    const more = { REDIS_SENTINEL_PASSWORD: secret };
    expect(printed('redis+sentinel://s1,s2/orders', more)).not.toContain(secret);
    expect(printed('redis://cache.example.com:6379')).toContain('redis://cache.example.com:6379');
  });

  it.each([
    'redis://user:hunter2@',
    'redis://user:hunter2@host:99999',
    'redis://user:hunter2@a,b',
    'redis://user:hunter2@host/x',
    'redis://user:hunter2@host/0/1',
    'redis://host?password=hunter2',
    'redis://host?hunter2',
    'redis://host#hunter2',
    'redis://host/hunter2',
    'redis://hunter2@host@other',
    'redis://user:hunter2%zz@host',
    'redis://user:hunter2@%2Ftmp%2Fredis.sock',
    'redis+sentinel://user:hunter2@s1,s2',
    'redis+sentinel://user:hunter2@s1,:1/orders',
    'rediss+sentinel://user:hunter2/@s1/orders',
    'redis+cluster://user:hunter2@host',
    'unix://user:hunter2@host',
    'user:hunter2@host:6379',
    'host:6379,password=hunter2,ssl=True',
    'hunter2',
  ])('is not repeated where the URL is wrong: %s', (url) => {
    expect(() => printed(url)).toThrow(/^REDIS_URL: |\nREDIS_URL: /);
    expect(() => printed(url)).not.toThrow(secret);
  });
});
