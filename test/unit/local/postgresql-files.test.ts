import { describe, expect, it } from 'vitest';
import { loadStatements, renderStatements } from '../../../src/servers/postgresql/local/sql-file.ts';
import {
  connectionInfo,
  hosts,
  passwords,
  settings,
  slotOf,
  synchronousNames,
} from '../../../src/servers/postgresql/local/start-files.ts';

const account = (user: string, password = 'secret') => ({ user, password });
const accounts = { app: account('app'), admin: account('ad"min'), replication: account('re:pl', 'a\\b:c') };

describe('statements of a file', () => {
  it('stand on one line each, without comments', () => {
    expect(renderStatements('-- why; and how\nSELECT\n  1;\n\nSELECT 2;\n', {})).toEqual(['SELECT 1', 'SELECT 2']);
  });

  it('get identifiers and literals, each quoted in its own way', () => {
    const values = { user: 'a"b', password: "it's \\" };
    const text = `ALTER ROLE "{{user}}" PASSWORD '{{password}}';`;
    expect(renderStatements(text, values)).toEqual([`ALTER ROLE "a""b" PASSWORD 'it''s \\'`]);
  });

  it.each(['a\nb', 'a\rb', 'a\0b'])('take no value that would end the line: %j', (value) => {
    expect(() => renderStatements(`SELECT '{{value}}';`, { value })).toThrow('line break');
  });

  it.each(['accounts', 'rights'])('are not run with a value missing: %s', async (name) => {
    await expect(loadStatements(name, {})).rejects.toThrow('no value for');
  });
});

describe('the files of a start', () => {
  it('have the settings of the server after those of all', () => {
    const text = settings('jit = off', { name: "it's", port: 20_001, accounts });
    expect(text.split('\n')).toEqual([
      'jit = off',
      "listen_addresses = '127.0.0.1'",
      'port = 20001',
      "unix_socket_directories = ''",
      "cluster_name = 'it''s'",
      '',
    ]);
  });

  it('let three accounts in from this machine, by password', () => {
    expect(hosts({ accounts }).split('\n')).toEqual([
      'host orders "app" 127.0.0.1/32 scram-sha-256',
      'host all,replication "ad""min" 127.0.0.1/32 scram-sha-256',
      'host orders,replication "re:pl" 127.0.0.1/32 scram-sha-256',
      '',
    ]);
  });

  it('hold the password for any source', () => {
    expect(passwords({ accounts })).toBe('*:*:*:re\\:pl:a\\\\b\\:c\n');
  });
});

it('a standby is told where its source is, and no password', () => {
  expect(connectionInfo({ host: '127.0.0.1', port: 20_001 }, "re'pl")).toBe(
    "host='127.0.0.1' port='20001' user='re\\'pl' passfile='replication.pgpass'",
  );
});

it.each([
  { name: 'replica-1', slot: 'replica_1' },
  { name: 'Replica.2', slot: 'replica_2' },
])('the slot of $name is $slot', ({ name, slot }) => {
  expect(slotOf(name)).toBe(slot);
});

it.each([
  { standbys: [], names: '' },
  { standbys: ['replica-1'], names: 'ANY 1 ("replica-1")' },
  { standbys: ['replica-1', 'a"b'], names: 'ANY 1 ("replica-1", "a""b")' },
])('commits wait for one of $standbys', ({ standbys, names }) => {
  expect(synchronousNames(standbys)).toBe(names);
});
