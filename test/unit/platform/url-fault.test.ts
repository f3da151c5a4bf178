import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/read-config.ts';
import { readRedisUrl } from '../../../src/platform/redis-target.ts';
import { serverAt } from '../../../src/servers/server-url.ts';

const cases: [password: string, words: string][] = [
  ['hunter#2', 'write # as %23'],
  ['1234#2', 'write # as %23'],
  ['hunter/2', 'write / as %2F'],
  ['1234/2', 'write / as %2F'],
  ['hunter?2', 'write ? as %3F'],
  ['1234?2', 'write ? as %3F'],
  ['hunt@er#2', 'write @ as %40, # as %23'],
  ['hunt@er/2', 'write @ as %40, / as %2F'],
  ['hunt@er?2', 'write @ as %40, ? as %3F'],
  ['hunter%2', '%25'],
  ['[hunter/2', 'write [ as %5B, / as %2F'],
];

describe('a password with a character that means something else', () => {
  it.each(cases)('of a database server is named: %s', (password, words) => {
    const fault = serverAt(`mysql://app:${password}@db.example.com:3306/orders`);
    expect(fault).toContain(words.replace(/^write /, ''));
    expect(fault).not.toMatch(/hunt|er2|1234/);
  });

  it.each(cases)('of Redis is named: %s', (password, words) => {
    for (const user of ['', 'app']) {
      const fault = readRedisUrl(`redis://${user}:${password}@cache.example.com:6379`);
      expect(fault).toContain(words.replace(/^write /, ''));
      expect(fault).not.toMatch(/hunt|er2|1234/);
    }
  });

  it.each(['SOURCE_URL', 'REPLICA_URLS', 'BACKUP_URL', 'MIGRATION_URL', 'BACKUP_MIGRATION_URL'])(
    'is said of %s, which is named, and nothing secret is',
    (name) => {
      const good = 'mysql://app:fine@db.example.com/orders';
      const environment = { SOURCE_URL: good, BACKUP_URL: good.replace('db', 'backup') };
      const wrong = { ...environment, [name]: 'mysql://app:hunt/er2@other.example.com/orders' };
      expect(() => readConfig(wrong)).toThrow(`${name}: has a user or password`);
      expect(() => readConfig(wrong)).not.toThrow(/hunt|er2/);
    },
  );

  it('may be a comma, also in a list', () => {
    const read = readConfig({
      SOURCE_URL: 'mysql://app:a,b@source.example.com/orders',
      REPLICA_URLS: 'mysql://app:a,b@r1.example.com/orders, mysql://app:,c@r2.example.com/orders,',
    });
    if (read.mode !== 'external') throw new Error('expected external servers');
    expect(read.config.cluster.nodes.map(({ host, password }) => `${host} ${password}`)).toEqual([
      'source.example.com a,b',
      'r1.example.com a,b',
      'r2.example.com ,c',
    ]);
  });

  it('may be written as it should be', () => {
    const password = '@#/?%,[]: \\';
    const written = encodeURIComponent(password);
    expect(serverAt(`mysql://app:${written}@db/orders?ssl-mode=REQUIRED`)).toMatchObject({ password, host: 'db' });
    expect(readRedisUrl(`redis://app:${written}@cache`)).toMatchObject({ password });
  });
});

describe('a Unix socket', () => {
  it.each([
    'mysql://app:p@%2Fcloudsql%2Fproject%3Aregion%3Adb/orders',
    'mysql://app:p@localhost/orders?socket=/var/run/mysqld.sock',
    'mysql://app:p@localhost/orders?unix_socket=/var/run/mysqld.sock',
  ])('is refused with a sentence: %s', (url) => {
    expect(serverAt(url)).toContain('names a Unix socket');
  });

  it('of Redis, too', () => {
    expect(readRedisUrl('redis://%2Ftmp%2Fredis.sock')).toContain('names a Unix socket');
  });
});
