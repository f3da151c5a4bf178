import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableConfig } from '../../../src/cli/check-config.ts';
import { describeConfig } from '../../../src/config/config.ts';
import { ConfigError } from '../../../src/config/config-fault.ts';
import type { Environment } from '../../../src/config/environment.ts';
import { configFromLocalCluster } from '../../../src/config/local-config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { certificates } from '../../support/certificates.ts';

const secret = 'NDcxMjkzODQ3MTIzOTg0NzEyMzk4NDc1';
const { ca, serverKey } = certificates;
const source = 'mysql://app:hunter2@source:3306/orders';

function external(environment: Environment) {
  const read = readConfig(environment, () => secret);
  if (read.mode !== 'external') throw new Error('expected external servers');
  return read;
}
const serversOf = (environment: Environment) => external(environment).config.cluster.nodes;
const nodesOf = (environment: Environment) =>
  external(environment).config.cluster.nodes.map(({ name, role, host, port }) => `${name} ${role} ${host}:${port}`);
const prioritiesOf = (environment: Environment) =>
  external(environment)
    .config.cluster.nodes.filter(({ role }) => role === 'replica')
    .map(({ priority }) => priority);

function faultsOf(environment: Environment): string[] {
  try {
    readConfig(environment, () => secret);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('servers', () => {
  const master = {
    DB_MASTER_HOST: 'm',
    DB_MASTER_NAME: 'orders',
    DB_MASTER_USER: 'app',
    DB_MASTER_PASSWORD: 'hunter2',
  };
  const table: [title: string, environment: Environment, nodes: string[]][] = [
    ['a source alone', { SOURCE_URL: source }, ['source source source:3306']],
    ['DATABASE_URL', { DATABASE_URL: 'mariadb://app@db/orders' }, ['source source db:3306']],
    [
      'replicas and a backup',
      { SOURCE_URL: source, REPLICA_URLS: 'mysql://a@r1/o, mysql://a@r2:3307/o?name=eu', BACKUP_URL: 'mysql://a@b/o' },
      ['source source source:3306', 'replica-1 replica r1:3306', 'eu replica r2:3307', 'backup backup b:3306'],
    ],
    ['an IPv6 address', { SOURCE_URL: 'mysql://a@[::1]:3307/o' }, ['source source ::1:3307']],
    [
      'master and slaves, in the order of their numbers',
      { ...master, DB_SLAVE10_HOST: 's10', DB_SLAVE2_HOST: 's2', DB_SLAVE1_HOST: 's1', DB_SLAVE1_PORT: '3310' },
      ['source source m:3306', 'replica-1 replica s1:3310', 'replica-2 replica s2:3306', 'replica-3 replica s10:3306'],
    ],
    [
      'master, one replica and a backup',
      { ...master, DB_REPLICA_HOST: 'r', DB_BACKUP_HOST: 'b' },
      ['source source m:3306', 'replica-1 replica r:3306', 'backup backup b:3306'],
    ],
    [
      'a read and a write host',
      { DB_WRITE_HOST: 'w', DB_READ_HOST: 'r', DB_DATABASE: 'o', DB_USERNAME: 'u', DB_PORT: '3310' },
      ['source source w:3310', 'replica-1 replica r:3310'],
    ],
    [
      'several read hosts',
      { DB_HOST: 'w', DB_READ_HOST: 'r1,r2', DB_DATABASE: 'o', DB_USERNAME: 'u' },
      ['source source w:3306', 'replica-1 replica r1:3306', 'replica-2 replica r2:3306'],
    ],
    [
      'one server in both parts',
      {
        DB_HOST: '127.0.0.1',
        DB_READ_HOST: '127.0.0.1',
        DB_WRITE_HOST: '127.0.0.1',
        DB_DATABASE: 'o',
        DB_USERNAME: 'u',
      },
      ['source source 127.0.0.1:3306'],
    ],
    ['a slave that is the master', { ...master, DB_SLAVE1_HOST: 'M' }, ['source source m:3306']],
  ];

  it.each(table)('are read from %s', (_, environment, nodes) => {
    expect(nodesOf(environment)).toEqual(nodes);
  });

  it('take what they lack from the master', () => {
    const { config } = external({ ...master, DB_SLAVE1_HOST: 's', DB_SLAVE1_USERNAME: 'reader', DB_BACKUP_HOST: 'b' });
    expect(config.cluster.nodes.map(({ user, password, database }) => [user, password, database])).toEqual([
      ['app', 'hunter2', 'orders'],
      ['reader', 'hunter2', 'orders'],
      ['app', 'hunter2', 'orders_backup_db'],
    ]);
  });

  it('share reads unless an order is asked for', () => {
    const slaves = { ...master, DB_SLAVE1_HOST: 's1', DB_SLAVE2_HOST: 's2' };
    expect(prioritiesOf(slaves)).toEqual([1, 1]);
    expect(prioritiesOf({ ...slaves, REPLICA_ORDER: 'listed' })).toEqual([1, 2]);
    const urls = { SOURCE_URL: source, REPLICA_URLS: 'mysql://a@r1/o?priority=3&weight=2,mysql://a@r2/o' };
    expect(prioritiesOf(urls)).toEqual([3, 1]);
  });

  it('keep any user and password that a URL can carry', () => {
    const text = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h/o`;
        expect(external({ SOURCE_URL: url }).config.cluster.nodes[0]).toMatchObject({ user, password });
      }),
    );
  });
});

describe('without any server', () => {
  it('a local cluster is asked for', () => {
    expect(readConfig({ PATH: '/bin' })).toMatchObject({ mode: 'local', directory: '.tidemark' });
    expect(readConfig({ SOURCE_URL: ' ', DB_HOST: '' })).toMatchObject({ mode: 'local' });
  });

  it('production refuses to start', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'SOURCE_URL: is missing, and a local cluster is never started in production',
      'TOKEN_KEYS: is missing, and signing keys are never generated in production',
    ]);
  });
});

describe('faults', () => {
  const table: [environment: Environment, fault: string][] = [
    [{ SOURCE_URL: 'hunter2' }, 'SOURCE_URL: is not a URL such as mysql://user:password@host:3306/database'],
    [
      { SOURCE_URL: 'oracle://a:hunter2@h/o' },
      'SOURCE_URL: must start with mysql:// or mariadb:// or postgresql:// or postgres://, not oracle://',
    ],
    [{ SOURCE_URL: 'mysql://h/o' }, 'SOURCE_URL: names no user'],
    [{ SOURCE_URL: 'mysql:///o' }, 'SOURCE_URL: names no host'],
    [{ SOURCE_URL: 'mysql://a:hunter2@h' }, 'SOURCE_URL: must end in one database name'],
    [{ SOURCE_URL: 'mysql://a:hunter2@h/o?sslmode=require' }, 'SOURCE_URL: has an unknown ?parameter'],
    [{ SOURCE_URL: `${source}?ssl-mode=hunter2` }, 'SOURCE_URL: has an ?ssl-mode that is none of DISABLED, REQUIRED'],
    [
      { SOURCE_URL: source, BACKUP_URL: 'mysql://a@b/o?ssl-ca=/hunter2' },
      'BACKUP_URL: names a CA whose file cannot be read',
    ],
    [{ SOURCE_URL: source, MIGRATION_URL: `${source}?ssl-ca=/hunter2` }, 'MIGRATION_URL: names a CA whose file cannot'],
    [{ SOURCE_URL: source, MIGRATION_URL: `${source}?weight=1` }, 'MIGRATION_URL: has an unknown ?parameter'],
    [
      { SOURCE_URL: source, DATABASE_SSL_MODE: 'hunter2' },
      'DATABASE_SSL_MODE: must be one of DISABLED, REQUIRED, VERIFY_CA',
    ],
    [
      { SOURCE_URL: source, DATABASE_SSL_CA: '/hunter2' },
      'DATABASE_SSL_CA: names a CA whose file cannot be read (ENOENT)',
    ],
    [{ SOURCE_URL: source, DATABASE_SSL_CA: serverKey }, 'DATABASE_SSL_CA: names a CA whose file holds no certificate'],
    [
      { SOURCE_URL: source, DATABASE_SSL_MODE: 'required', DATABASE_SSL_CA: ca },
      'DATABASE_SSL_CA: names a CA, which REQUIRED ignores',
    ],
    [{ DATABASE_SSL_MODE: 'REQUIRED' }, 'SOURCE_URL: is missing, and the local cluster does not use TLS'],
    [{ SOURCE_URL: 'mysql://a:hunter2@h/o?weight=0' }, 'SOURCE_URL: ?priority is a whole number'],
    [{ SOURCE_URL: 'mysql://a:hunter2%zz@h/o' }, 'SOURCE_URL: has a % that starts no %XX escape'],
    [{ SOURCE_URL: source, DATABASE_URL: 'mysql://a@b/c' }, 'DATABASE_URL: is an alias for SOURCE_URL'],
    [{ REPLICA_URLS: source }, 'SOURCE_URL: is missing'],
    [{ SOURCE_URL: source, REPLICA_URLS: 'mysql://a@r/o,hunter2' }, 'REPLICA_URLS (2): is not a URL'],
    [
      { SOURCE_URL: source, REPLICA_URLS: 'mysql://a@r/o,mysql://a@r/o' },
      'SOURCE_URL: replica-2 and replica-1 are the same',
    ],
    [{ SOURCE_URL: source, REPLICA_URLS: 'mysql://a@r/o?name=source' }, 'SOURCE_URL: two nodes are named source'],
    [{ SOURCE_URL: source, BACKUP_URL: source }, 'SOURCE_URL: backup and source are the same database'],
    [{ SOURCE_URL: source, DB_HOST: 'h' }, 'DB_HOST: belongs to another family of variables than SOURCE_URL'],
    [
      { DB_MASTER_HOST: 'h', DB_READ_HOST: 'h' },
      'DB_READ_HOST: belongs to another family of variables than DB_MASTER_HOST',
    ],
    [{ DB_HOST: 'h' }, 'DB_DATABASE: is missing'],
    [{ DB_MASTER_HOST: 'h', DB_MASTER_NAME: 'o' }, 'DB_MASTER_USERNAME (or DB_USERNAME): is missing'],
    [{ DB_SLAVE1_HOST: 'h', DB_DATABASE: 'o', DB_USERNAME: 'u' }, 'DB_MASTER_HOST: is missing'],
    [{ DB_MASTER_HOST: 'h', DB_MASTER_PASWORD: 'hunter2' }, 'DB_MASTER_PASWORD: is not a known variable'],
    [{ DB_HOST: 'h', DB_DATABASE: 'o', DB_USERNAME: 'u', DB_PORT: '70000' }, 'DB_PORT: is not a port'],
    [{ DB_HOST: 'h/x', DB_DATABASE: 'o', DB_USERNAME: 'u' }, 'DB_WRITE_HOST (or DB_HOST): is not a host name'],
    [{ DB_PASSWORD: 'hunter2' }, 'DB_PASSWORD: needs DB_HOST or DB_MASTER_HOST as well'],
    [{ MIGRATION_URL: 'hunter2' }, 'MIGRATION_URL: is not a URL'],
    [{ REDIS_URL: 'hunter2' }, 'REDIS_URL: is not a URL'],
    [{ PORT: 'hunter2' }, 'PORT: must be a whole number'],
    [{ PORT: '65536' }, 'PORT: must be from 0 to 65535'],
    [{ NODE_ENV: 'staging' }, 'NODE_ENV: must be one of development, production, test'],
    [{ CORS_ORIGINS: 'https://a.example.com,*' }, 'CORS_ORIGINS: must be origins'],
    [{ CORS_ORIGINS: 'https://a.example.com/' }, 'CORS_ORIGINS: must be origins'],
    [{ TOKEN_KEYS: 'k1:hunter2' }, 'TOKEN_KEYS: needs secrets of at least 32 characters'],
    [{ TOKEN_KEYS: secret }, 'TOKEN_KEYS: must be id:secret pairs'],
    [{ TOKEN_KEYS: `k:${secret},k:${secret}` }, 'TOKEN_KEYS: has two keys of one id'],
    [{ CONSISTENCY_LEVEL: 'hunter2' }, 'CONSISTENCY_LEVEL: must be one of eventual, bounded, session, strong'],
    [{ CONSISTENCY_WAIT_MS: '9000' }, 'CONSISTENCY_WAIT_MS: must not be above CONSISTENCY_MAX_WAIT_MS'],
    [{ GRAPHIQL: 'yes' }, 'GRAPHIQL: must be true or false'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: must be one of'],
  ];

  it.each(table)('%o is refused in one line that names the variable and repeats no value', (environment, fault) => {
    const faults = faultsOf(environment);
    expect(faults.join('\n')).not.toContain('hunter2');
    expect(faults.filter((line) => line.startsWith(fault))).toHaveLength(1);
  });

  it('of a CA for all servers are told once', () => {
    const urls = { SOURCE_URL: source, REPLICA_URLS: 'mysql://a@r/o?ssl-mode=VERIFY_CA', MIGRATION_URL: source };
    expect(faultsOf({ ...urls, DATABASE_SSL_CA: '/none' })).toHaveLength(1);
  });

  it('come out all at once', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      SOURCE_URL: 'x',
      REPLICA_URLS: 'y,z',
      PORT: 'p',
      LOG_LEVEL: 'l',
    });
    expect(faults.map((line) => line.split(':')[0])).toEqual([
      'SOURCE_URL',
      'REPLICA_URLS (1)',
      'REPLICA_URLS (2)',
      'TOKEN_KEYS',
      'PORT',
      'LOG_LEVEL',
    ]);
  });
});

it.each([
  { port: undefined, scheme: undefined },
  { port: '3306', scheme: undefined },
  { port: '5432', scheme: 'postgresql' },
  { port: '55432', scheme: undefined },
])('servers that are named by hosts, on port $port, have URLs of $scheme', ({ port, scheme }) => {
  const environment = { DB_MASTER_HOST: 'm', DB_SLAVE1_HOST: 's', DB_MASTER_NAME: 'o', DB_MASTER_USER: 'a' };
  const nodes = serversOf({ ...environment, ...(port !== undefined && { DB_MASTER_PORT: port }) });
  expect(nodes.map((node) => node.scheme)).toEqual([scheme, scheme]);
});

describe('TLS', () => {
  const securityOf = (environment: Environment) =>
    external(environment).config.cluster.nodes.map(({ name, tls }) => `${name} ${tls?.mode} ${tls?.ca?.file}`);
  const all = { DATABASE_SSL_MODE: 'verify_identity', DATABASE_SSL_CA: ca };

  it('is for every server that says nothing else', () => {
    const urls = {
      SOURCE_URL: source,
      REPLICA_URLS: 'mysql://a@r1/o?ssl-mode=REQUIRED,mysql://a@r2/o?ssl-mode=DISABLED',
      BACKUP_URL: 'mysql://a@b/o?ssl-mode=VERIFY_CA&name=spare',
    };
    expect(securityOf({ ...urls, ...all })).toEqual([
      `source VERIFY_IDENTITY ${ca}`,
      'replica-1 REQUIRED undefined',
      'replica-2 undefined undefined',
      `spare VERIFY_CA ${ca}`,
    ]);
  });

  it.each([
    [{ DB_MASTER_HOST: 'm', DB_SLAVE1_HOST: 's', DB_BACKUP_HOST: 'b', DB_USERNAME: 'a', DB_DATABASE: 'o' }, 3],
    [{ DB_WRITE_HOST: 'w', DB_READ_HOST: 'r1,r2', DB_USERNAME: 'a', DB_DATABASE: 'o' }, 3],
  ])('is for servers that are named by hosts in %o', (hosts, servers) => {
    const secured = securityOf({ ...hosts, ...all });
    expect(secured).toHaveLength(servers);
    expect(secured.every((server) => server.endsWith(` VERIFY_IDENTITY ${ca}`))).toBe(true);
  });

  it('is for those who migrate', () => {
    const urls = { MIGRATION_URL: source, BACKUP_MIGRATION_URL: `${source}?ssl-mode=REQUIRED` };
    const { config } = external({ SOURCE_URL: source, ...urls, ...all });
    expect(config.cluster.migrationUrl).toBe(`${source}?ssl-mode=VERIFY_IDENTITY&ssl-ca=${encodeURIComponent(ca)}`);
    expect(config.cluster.backupMigrationUrl).toBe(`${source}?ssl-mode=REQUIRED`);
    expect(config.administration.admin).toEqual({ user: 'app', password: 'hunter2' });
  });

  it('is printed, certificates are not', () => {
    const { config } = external({ SOURCE_URL: source, BACKUP_URL: 'mysql://a@b/o?ssl-mode=disabled', ...all });
    const printed = printableConfig(config);
    expect(printed).toContain(`tls=VERIFY_IDENTITY(${ca})`);
    expect(printed).toMatch(/^ {2}backup .*tls=DISABLED/m);
    expect(printed).not.toMatch(/hunter2|BEGIN CERTIFICATE|object Object/);
  });

  it('may be for Redis too', () => {
    expect(external({ SOURCE_URL: source, REDIS_URL: 'rediss://cache:6380' }).config.redis.url).toBe(
      'rediss://cache:6380',
    );
  });
});

describe('signing keys', () => {
  it('are read in order: the first signs', () => {
    const { config, warnings } = external({ SOURCE_URL: source, TOKEN_KEYS: `new:${secret},old:${secret}:x` });
    expect(config.tokens.keys.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(config.tokens.keys[1]?.secret).toBe(`${secret}:x`);
    expect(warnings).toEqual([]);
  });

  it('are made up outside production, with a warning', () => {
    const { config, warnings } = external({ SOURCE_URL: source });
    expect(config.tokens.keys).toEqual([{ id: 'ephemeral', secret }]);
    expect(warnings.join()).toContain('TOKEN_KEYS is missing');
  });
});

describe('the configuration', () => {
  it('is frozen to the bottom', () => {
    const { config } = external({ SOURCE_URL: source });
    expect(Object.isFrozen(config) && Object.isFrozen(config.http) && Object.isFrozen(config.cluster.nodes[0])).toBe(
      true,
    );
  });

  it('is printed without secrets', () => {
    const { config } = external({
      SOURCE_URL: source,
      REPLICA_URLS: 'mysql://a:hunter2@r/o',
      MIGRATION_URL: 'mysql://admin:hunter2@h/o',
      REDIS_URL: 'redis://user:hunter2@h:6379',
      TOKEN_KEYS: `k1:hunter2${secret}`,
    });
    const printed = JSON.stringify(describeConfig(config));
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('k1:***');
    expect(printed).toContain('redis://***@h:6379');
  });

  it.each([
    'not-a-secret-only-for-development-0',
    'a'.repeat(32),
    'abab'.repeat(8),
    'change-me-0123456789-change-me-01',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    '01234567890123456789012345678901',
    'Password-for-the-tokens-of-shop-1',
  ])('refuses a signing key in production that is easy to guess: %s', (weak) => {
    const given = { SOURCE_URL: source, TOKEN_KEYS: `k:${secret},old:${weak}` };
    expect(() => external({ ...given, NODE_ENV: 'production' })).toThrow(/TOKEN_KEYS: has a secret .*randomBytes/);
    expect(external(given).config.tokens.keys).toHaveLength(2);
  });

  it('warns if other machines can reach it, and no name is configured', () => {
    const warnings = (environment: object) => external({ SOURCE_URL: source, ...environment }).warnings.join();
    expect(warnings({ HOST: '0.0.0.0' })).toContain('ALLOWED_HOSTS');
    expect(warnings({ HOST: '0.0.0.0', ALLOWED_HOSTS: 'api.example.com' })).not.toContain('ALLOWED_HOSTS');
    expect(warnings({ HOST: '0.0.0.0', PUBLIC_URL: 'https://shop.example.com' })).not.toContain('ALLOWED_HOSTS');
    expect(warnings({})).not.toContain('ALLOWED_HOSTS');
  });

  it.each([
    [{ PUBLIC_URL: 'shop.example.com' }, 'PUBLIC_URL: must be an http or https URL'],
    [{ PUBLIC_URL: 'https://u:p@shop.example.com' }, 'PUBLIC_URL: must be'],
    [{ PUBLIC_URL: 'https://shop.example.com/a;b' }, 'PUBLIC_URL: must be'],
    [{ ALLOWED_HOSTS: 'api.example.com:443' }, 'ALLOWED_HOSTS: must be host names'],
    [{ ALLOWED_HOSTS: 'https://api.example.com' }, 'ALLOWED_HOSTS: must be host names'],
    [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY: must be addresses or networks'],
    [{ TRUST_PROXY: '10.0.0.0/99' }, 'TRUST_PROXY: must be addresses or networks'],
    [{ CORS_HEADERS: '*, x y' }, 'CORS_HEADERS: must be names of request headers'],
    [{ MAX_CONNECTIONS: 'many' }, 'MAX_CONNECTIONS: must be a whole number'],
  ])('refuses %o', (environment, words) => {
    expect(() => external({ SOURCE_URL: source, ...environment })).toThrow(words);
  });

  it('hides the schema in production by default', () => {
    const production = { NODE_ENV: 'production', SOURCE_URL: source, TOKEN_KEYS: `k:${secret}` };
    expect(external(production).config.graphql).toMatchObject({ introspection: false, graphiql: false });
    expect(external({ ...production, GRAPHIQL: 'true' }).config.graphql).toMatchObject({ graphiql: true });
    expect(external({ SOURCE_URL: source }).config.graphql).toMatchObject({ introspection: true, graphiql: true });
  });
});

describe('a local cluster', () => {
  const cluster = {
    id: 'local-1',
    database: 'orders',
    nodes: [
      { name: 'source', role: 'source', host: '127.0.0.1', port: 5001 },
      { name: 'replica-1', role: 'replica', host: '127.0.0.1', port: 5002 },
      { name: 'replica-2', role: 'replica', host: '127.0.0.1', port: 5003 },
    ],
    redis: { host: '127.0.0.1', port: 6001 },
    redisPassword: 'hunter2',
    flavour: 'mariadb',
    credentials: {
      app: { user: 'app', password: 'p' },
      admin: { user: 'admin', password: '@:/' },
      replication: { user: 'replication', password: 'r' },
    },
    tokenKeys: [{ id: 'local', secret }],
  } as const;

  it('becomes a configuration like any other', () => {
    const config = configFromLocalCluster(cluster, { PORT: '4100' });
    expect(config).toMatchObject({
      http: { port: 4100 },
      cluster: {
        id: 'local-1',
        nodes: [{ name: 'source', user: 'app', database: 'orders' }, {}, {}],
        migrationUrl: 'mysql://admin:%40%3A%2F@127.0.0.1:5001/orders',
      },
      redis: { url: 'redis://:hunter2@127.0.0.1:6001' },
      tokens: { keys: [{ id: 'local' }] },
    });
  });

  it('gives way to the keys and the Redis that the environment names', () => {
    const config = configFromLocalCluster(cluster, { REDIS_URL: 'redis://cache', TOKEN_KEYS: `mine:${secret}` });
    expect([config.redis.url, config.tokens.keys[0]?.id]).toEqual(['redis://cache', 'mine']);
  });

  it('serves from the first replica when an order is asked for', () => {
    const { nodes } = configFromLocalCluster(cluster, { REPLICA_ORDER: 'listed' }).cluster;
    expect(nodes.map(({ priority }) => priority)).toEqual([1, 1, 2]);
  });

  it('has a lab by default; configured servers never have one', () => {
    expect(configFromLocalCluster(cluster, {}).page.lab).toBe(true);
    expect(configFromLocalCluster(cluster, { LAB: '0' }).page.lab).toBe(false);
    const { config, warnings } = external({ SOURCE_URL: source, TOKEN_KEYS: `k:${secret}`, LAB: '1' });
    expect(config.page.lab).toBe(false);
    expect(warnings.join()).toContain('LAB is for the local cluster only');
  });
});

describe('background jobs', () => {
  it('ask a provider whose URL has no slash at its end', () => {
    const { config } = external({
      SOURCE_URL: source,
      PAYMENTS_URL: 'https://pay.example.com/v1/',
      PAYMENTS_TOKEN: 'hunter2',
    });
    expect(config.payments).toEqual({ url: 'https://pay.example.com/v1', token: 'hunter2', timeoutMs: 3000 });
    expect(JSON.stringify(describeConfig(config))).not.toContain('hunter2');
  });

  it.each([
    'pay.example.com',
    'ftp://pay.example.com',
    'https://pay.example.com?key=1',
    'https://me:pw@pay.example.com',
  ])('do not ask %s', (PAYMENTS_URL) => {
    expect(faultsOf({ SOURCE_URL: source, PAYMENTS_URL }).join()).toContain('PAYMENTS_URL');
  });
});
