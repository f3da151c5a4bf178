import { describe, expect, it } from 'vitest';
import { mariadbControl } from '../../../src/servers/mariadb/control.ts';
import { mysqlControl } from '../../../src/servers/mysql/control.ts';

const source = { host: 'db', port: 3306, account: null };
const quote = (text: string) => `'${text}'`;

describe('a replica that is told whom to follow', () => {
  it.each([
    ['mariadb', mariadbControl, 'MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = 0'],
    ['mysql', mysqlControl, 'SOURCE_SSL = 1'],
  ] as const)(
    'on %s encrypts where that is asked for, and is told nothing of it where it is not',
    (_, { follow }, words) => {
      expect(follow({ ...source, encrypts: true }, quote).join()).toContain(words);
      expect(follow({ ...source, encrypts: false }, quote).join()).not.toContain('SSL');
    },
  );
});
