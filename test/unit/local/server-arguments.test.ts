import { describe, expect, it } from 'vitest';
import { dataDirectoryOf } from '../../../src/local/processes/server-processes.ts';
import { mariadbStart } from '../../../src/servers/mariadb/local/servers.ts';
import { mysqlStart } from '../../../src/servers/mysql/local/servers.ts';
import * as family from '../../../src/servers/mysql-family/local/server-arguments.ts';

const words = { mariadb: mariadbStart, mysql: mysqlStart };
type ServerArguments = family.ServerArguments & { readonly flavour: keyof typeof words };
const serverArguments = ({ flavour, ...options }: ServerArguments) => family.serverArguments(options, words[flavour]);

const plain: ServerArguments = {
  flavour: 'mariadb',
  name: 'source',
  role: 'source',
  member: false,
  serverId: 1,
  port: 20_001,
  dataDirectory: '/tidemark/data/mariadb/source',
  initFile: '/tidemark/data/mariadb/source/accounts.sql',
  unpackedUsr: null,
  asRoot: false,
};

describe('the arguments of a server', () => {
  it('begin with the shared settings, which servers only read from the first argument', () => {
    expect(serverArguments(plain)[0]).toMatch(/^--defaults-file=.*\/servers\/mariadb\/local\/server\.cnf$/);
  });

  it('listen on this machine only', () => {
    expect(serverArguments(plain)).toContain('--bind-address=127.0.0.1');
  });

  it('refuse writes on servers that replicate or are replicated, but not on the backup', () => {
    const suffix = '--defaults-group-suffix=-replica';
    expect(serverArguments({ ...plain, role: 'replica' })).toContain(suffix);
    expect(serverArguments(plain)).toContain(suffix);
    expect(serverArguments({ ...plain, role: 'backup' })).not.toContain(suffix);
  });

  it('give a member of a group the settings of members, whatever its role', () => {
    for (const role of ['source', 'replica'] as const) {
      const options = serverArguments({ ...plain, flavour: 'mysql', role, member: true });
      expect(options).toContain('--defaults-group-suffix=-member');
      expect(options).not.toContain('--defaults-group-suffix=-replica');
    }
  });

  it('name the user only where servers insist on it', () => {
    expect(serverArguments(plain).filter((argument) => argument.startsWith('--user'))).toEqual([]);
    expect(serverArguments({ ...plain, asRoot: true })).toContain('--user=root');
  });

  it('tell an unpacked server where its messages and plugins are', () => {
    const options = serverArguments({ ...plain, unpackedUsr: '/servers/mariadb/usr' });
    expect(options).toContain('--plugin-dir=/servers/mariadb/usr/lib/mysql/plugin');
    expect(options).toContain('--basedir=/servers/mariadb/usr');
  });

  it.each(['mariadb', 'mysql'] as const)('leave replication to us: %s', (flavour) => {
    const skips = serverArguments({ ...plain, flavour }).filter((argument) => argument.startsWith('--skip-'));
    expect(skips).toEqual([flavour === 'mysql' ? '--skip-replica-start' : '--skip-slave-start']);
  });
});

describe('a server among the processes of the machine', () => {
  it.each([
    {
      what: 'our own server',
      args: ['/usr/sbin/mariadbd', ...serverArguments(plain)],
      dataDirectory: plain.dataDirectory,
    },
    {
      what: 'a server behind a loader of its own',
      args: ['/s/lib/ld-linux-x86-64.so.2', '--library-path', '/s/lib', '/s/usr/sbin/mysqld', '--datadir=/d/source'],
      dataDirectory: '/d/source',
    },
    {
      what: 'Redis',
      args: ['/usr/bin/redis-server', '--port', '20005', '--dir', '/d/redis'],
      dataDirectory: '/d/redis',
    },
    { what: 'a person reading its log', args: ['tail', '-f', '/d/source/server.log'], dataDirectory: null },
    { what: 'another program with such an option', args: ['backup', '--datadir=/d/source'], dataDirectory: null },
    { what: 'a server that names no directory', args: ['/usr/sbin/mariadbd'], dataDirectory: null },
  ])('is recognised by its data directory: $what', ({ args, dataDirectory }) => {
    expect(dataDirectoryOf(args)).toBe(dataDirectory);
  });
});
