import { describe, expect, it } from 'vitest';
import { databaseVariables, ordersNames } from '../../../src/config/database/database-names.ts';
import { namesOf } from '../../../src/config/database/named-database.ts';
import { readDatabase } from '../../../src/config/database/read-database.ts';
import { readTlsDefaults } from '../../../src/config/database/tls-defaults.ts';
import type { Environment } from '../../../src/config/environment.ts';

const names = namesOf('LEDGER');
const read = (environment: Environment, of = names) => readDatabase(environment, of, readTlsDefaults(environment));
const nodesIn = (environment: Environment, of = names) =>
  read(environment, of).nodes?.map(
    ({ role, user, host, port, database }) => `${role} ${user}@${host}:${port}/${database}`,
  );

describe('a database beside the orders is read from variables with its name', () => {
  it.each<[form: string, environment: Environment, nodes: string[]]>([
    [
      'URLs',
      {
        LEDGER_URL: 'mysql://a@s/l',
        LEDGER_REPLICA_URLS: 'mysql://a@r1/l,mysql://a@r2/l',
        LEDGER_BACKUP_URL: 'mysql://a@b/l',
      },
      ['source a@s:3306/l', 'replica a@r1:3306/l', 'replica a@r2:3306/l', 'backup a@b:3306/l'],
    ],
    [
      'a host and one account',
      { LEDGER_HOST: 's', LEDGER_READ_HOST: 'r', LEDGER_PORT: '3310', LEDGER_DATABASE: 'l', LEDGER_USERNAME: 'a' },
      ['source a@s:3310/l', 'replica a@r:3310/l'],
    ],
    [
      'a host for each server',
      {
        LEDGER_MASTER_HOST: 's',
        LEDGER_SLAVE2_HOST: 'r',
        LEDGER_SLAVE2_USERNAME: 'b',
        LEDGER_BACKUP_HOST: 'k',
        LEDGER_DATABASE: 'l',
        LEDGER_USERNAME: 'a',
      },
      ['source a@s:3306/l', 'replica b@r:3306/l', 'backup a@k:3306/l'],
    ],
  ])('as %s', (_, environment, nodes) => {
    expect(read(environment).faults).toEqual([]);
    expect(nodesIn(environment)).toEqual(nodes);
  });

  it('with accounts that migrate it, and an order of its replicas', () => {
    const found = read({
      LEDGER_URL: 'mysql://a@s/l',
      LEDGER_REPLICA_URLS: 'mysql://a@r1/l,mysql://a@r2/l',
      LEDGER_REPLICA_ORDER: 'listed',
      LEDGER_MIGRATION_URL: 'mysql://admin@s/l',
      LEDGER_BACKUP_MIGRATION_URL: 'mysql://admin@b/l',
    });
    expect(found.nodes?.map(({ priority }) => priority)).toEqual([1, 1, 2]);
    expect([found.migration?.host, found.backupMigration?.host, found.faults]).toEqual(['s', 'b', []]);
  });

  it('and neither sees what belongs to the other', () => {
    const both = {
      SOURCE_URL: 'mysql://a@orders/o',
      REPLICA_ORDER: 'listed',
      LEDGER_HOST: 'ledger',
      LEDGER_USERNAME: 'b',
      LEDGER_DATABASE: 'l',
    };
    expect(nodesIn(both, ordersNames)).toEqual(['source a@orders:3306/o']);
    expect(nodesIn(both)).toEqual(['source b@ledger:3306/l']);
    expect(read({ SOURCE_URL: 'mysql://a@orders/o', DB_PORT: '1' }).nodes).toBeNull();
    const own = databaseVariables(names).map(({ name }) => name);
    const ofOrders = databaseVariables(ordersNames).map(({ name }) => name);
    expect(own.filter((name) => ofOrders.includes(name) || !name.startsWith('LEDGER_'))).toEqual([]);
  });

  it.each<[environment: Environment, name: string, fault: string]>([
    [{ LEDGER_URL: 'hunter2' }, 'LEDGER_URL', 'is not a URL'],
    [{ LEDGER_REPLICA_URLS: 'mysql://a@r/l' }, 'LEDGER_URL', 'is missing'],
    [{ LEDGER_URL: 'mysql://a@s/l', LEDGER_REPLICA_URLS: 'x,y' }, 'LEDGER_REPLICA_URLS (1)', 'is not a URL'],
    [
      { LEDGER_URL: 'mysql://a@s/l', LEDGER_HOST: 's' },
      'LEDGER_HOST',
      'belongs to another family of variables than LEDGER_URL',
    ],
    [{ LEDGER_HOST: 's', LEDGER_USERNAME: 'a' }, 'LEDGER_DATABASE', 'is missing'],
    [{ LEDGER_PASSWORD: 'hunter2' }, 'LEDGER_PASSWORD', 'needs LEDGER_HOST or LEDGER_MASTER_HOST as well'],
    [{ LEDGER_MASTER_HOST: 's', LEDGER_MASTER_PASWORD: 'x' }, 'LEDGER_MASTER_PASWORD', 'is not a known variable'],
    [{ LEDGER_REPLICA_ORDER: 'random' }, 'LEDGER_REPLICA_ORDER', 'must be one of balanced, listed'],
    [{ LEDGER_MIGRATION_URL: 'hunter2' }, 'LEDGER_MIGRATION_URL', 'is not a URL'],
  ])('and what is wrong in %o is told of its own variable', (environment, name, fault) => {
    const { faults } = read(environment);
    expect(faults[0]).toEqual({ name, fault: expect.stringContaining(fault) });
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });
});

describe('the name of a database is refused', () => {
  it.each([
    ['REDIS', 'REDIS_URL'],
    ['PAYMENTS', 'PAYMENTS_URL'],
    ['PUBLIC', 'PUBLIC_URL'],
    ['DATABASE', 'DATABASE_URL'],
    ['SOURCE', 'SOURCE_URL'],
    ['BACKUP', 'BACKUP_URL'],
    ['DB', 'DB_MASTER_HOST'],
    ['DB_MASTER', 'DB_MASTER_HOST'],
    ['DB_SLAVE7', 'DB_SLAVE7_HOST'],
  ])('if its variables have a meaning already: %s', (name, variable) => {
    expect(() => namesOf(name)).toThrow(`${variable} is in use`);
  });

  it.each([
    ['LEDGER', 'LEDGER_URL'],
    ['LEDGER_BACKUP', 'LEDGER_BACKUP_URL'],
    ['LEDGER_SLAVE2', 'LEDGER_SLAVE2_HOST'],
  ])('if its variables are those of another database: %s', (name, variable) => {
    expect(() => namesOf(name, [names])).toThrow(`${variable} is in use`);
    expect(namesOf('STOCK', [names]).source).toEqual(['STOCK_URL']);
  });

  it.each(['ledger', '', '2ND', 'LED GER'])('if it is no name of a variable: "%s"', (name) => {
    expect(() => namesOf(name)).toThrow(RangeError);
  });
});
