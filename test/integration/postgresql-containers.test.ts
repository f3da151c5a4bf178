/** The scripts of the compose file for PostgreSQL, with the image's own script played by a small one on this machine. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPortFree, pickPort } from '../../src/local/processes/ports.ts';
import { signalTree } from '../../src/local/processes/process-tree.ts';
import { findRunAs, type RunAs } from '../../src/local/processes/unprivileged.ts';
import { installedPrograms } from '../../src/local/programs/installed-programs.ts';
import { postgresqlProgram } from '../../src/servers/postgresql/local/program.ts';

/** In containers they are the names of hosts. */
const names = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;
const [source, ...replicas] = names;
type Name = (typeof names)[number];
const secrets = { app: "it's", admin: 'a"d min', replication: 're:p\\l' };

/** What the images do at a first start: initdb, a server on a socket that is given the scripts, then the real one. */
const entrypoint = `#!/usr/bin/env bash
set -euo pipefail
shift
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --pgdata="$PGDATA" --username=postgres --no-sync $POSTGRES_INITDB_ARGS >/dev/null
  socket=(-c "unix_socket_directories=$PGHOST" -p "$PGPORT")
  pg_ctl -D "$PGDATA" -w start -o "-c listen_addresses='' -c unix_socket_directories='$PGHOST' -p $PGPORT" >/dev/null
  docker_process_sql() { psql --no-psqlrc -v ON_ERROR_STOP=1 --username=postgres "$@" >/dev/null; }
  . "$INIT_SCRIPT"
  pg_ctl -D "$PGDATA" -m fast -w stop >/dev/null
fi
# The user of the socket is another one here.
sed -i 's/^local .*/local all postgres trust/' "$PGDATA/pg_hba.conf"
exec postgres -D "$PGDATA" -p "$PGPORT" -c "unix_socket_directories=$PGHOST" "$@"
`;

let folder: string;
let programs: string;
/** As in the image, servers do not run as root. */
let runAs: RunAs = {};
const ports = new Map<Name, number>();
const portOf = (name: Name) => ports.get(name) ?? 0;
const containers = new Map<Name, ChildProcess>();

const address = (name: Name) => `${name}:${portOf(name)}`;

function environment(name: Name): NodeJS.ProcessEnv {
  return {
    PATH: [join(folder, 'bin'), programs, process.env.PATH].join(delimiter),
    PGDATA: join(folder, name),
    PGHOST: folder,
    PGPORT: String(portOf(name)),
    POSTGRES_INITDB_ARGS: '--locale=C --encoding=UTF8 --data-checksums',
    INIT_SCRIPT: join(folder, 'src/local/containers/init.sh'),
    TIDEMARK_SERVERS: join(folder, 'src/servers'),
    TIDEMARK_FLAVOUR: 'postgresql',
    TIDEMARK_SOURCE: address(source),
    TIDEMARK_REPLICAS: replicas.map(address).join(' '),
    TIDEMARK_APP_USER: 'tidemark',
    TIDEMARK_APP_PASSWORD: secrets.app,
    TIDEMARK_ADMIN_USER: 'tidemark_admin',
    TIDEMARK_ADMIN_PASSWORD: secrets.admin,
    TIDEMARK_REPLICATION_USER: 'tidemark_replication',
    TIDEMARK_REPLICATION_PASSWORD: secrets.replication,
  };
}

const script = (name: string) => join(folder, 'src/local/containers', `${name}.sh`);

/** A script with its arguments, run by the user that servers run as. */
function command(name: string, args: readonly string[]): [string, string[]] {
  const [program = 'bash', ...rest] = [...(runAs.within ?? []), 'bash', script(name), ...args];
  return [program, rest];
}

async function start(name: Name): Promise<void> {
  const role = name === source ? 'source' : 'replica';
  const log = await open(join(folder, `${name}.log`), 'a');
  const [program, args] = command('server', [name, String(names.indexOf(name) + 1), role]);
  const options = { env: environment(name), cwd: folder, ...runAs.user };
  containers.set(name, spawn(program, args, { ...options, stdio: ['ignore', log.fd, log.fd] }));
  await log.close();
}

async function run(name: string, on: Name = source): Promise<string> {
  const [program, args] = command(name, []);
  const options = { env: environment(on), cwd: folder, ...runAs.user };
  return (await promisify(execFile)(program, args, options)).stdout;
}

async function ask(name: Name, sql: string, account: 'app' | 'admin' = 'admin'): Promise<unknown[]> {
  const user = account === 'app' ? 'tidemark' : 'tidemark_admin';
  const place = { host: '127.0.0.1', port: portOf(name), database: 'orders' };
  const client = new Client({ ...place, user, password: secrets[account], query_timeout: 20_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function stop(name: Name): Promise<void> {
  const container = containers.get(name);
  if (container?.pid === undefined || container.exitCode !== null || container.signalCode !== null) return;
  const exited = once(container, 'exit');
  signalTree(container.pid, 'SIGKILL');
  await exited;
}

const standbyNames = () => ask(source, "SELECT current_setting('synchronous_standby_names')");
const both = ['ANY 1 ("127.0.0.2", "127.0.0.3")'];

describe.runIf(process.env.TIDEMARK_TEST_FLAVOUR === 'postgresql')('the containers of PostgreSQL', () => {
  beforeAll(async () => {
    const [postgres] = await installedPrograms('postgres', postgresqlProgram.folders);
    if (postgres === undefined) throw new Error('The clients of PostgreSQL are needed, which only an installation has');
    programs = dirname(await realpath(postgres));
    folder = await mkdtemp(join(tmpdir(), 'tidemark-containers-'));
    const sources = fileURLToPath(new URL('../../src/', import.meta.url));
    for (const part of ['local/containers', 'servers/postgresql/local']) {
      await cp(join(sources, part), join(folder, 'src', part), { recursive: true });
    }
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'docker-entrypoint.sh'), entrypoint, { mode: 0o755 });
    if (process.getuid?.() === 0) runAs = await findRunAs([folder, programs]);
    if (runAs.user !== undefined) await chown(folder, runAs.user.uid, runAs.user.gid);
    for (const name of names) {
      const taken = new Set(ports.values());
      ports.set(name, await pickPort({ remembered: undefined, taken, isFree: isPortFree }));
    }
    // In any order: standbys wait for the source's data.
    for (const name of [...names].reverse()) await start(name);
  });

  afterAll(async () => {
    for (const name of names) await stop(name);
    await rm(folder, { recursive: true, force: true });
  });

  it('come up with the database and accounts, and are healthy once the application can use them', async () => {
    for (const name of names) await expect.poll(() => run('healthy', name).catch(() => '')).toMatch(/^\d+/);
    expect(await ask(source, 'SELECT pg_is_in_recovery(), current_setting($$jit$$)', 'app')).toEqual([false, 'off']);
    expect(await ask(source, 'SHOW data_checksums')).toEqual(['on']);
  });

  it('follow the source once the one-shot service has run, which may run again', async () => {
    await ask(source, 'CREATE TABLE marks (id int PRIMARY KEY)');
    for (const id of [1, 2]) {
      const said = await run('follow');
      for (const name of replicas) expect(said).toContain(`${address(name)} follows ${address(source)}`);
      await ask(source, `INSERT INTO marks VALUES (${id})`, 'app');
    }
    for (const name of replicas) {
      await expect.poll(() => ask(name, 'SELECT id FROM marks ORDER BY id', 'app')).toEqual([1, 2]);
    }
    expect(await standbyNames()).toEqual(both);
    // The password is in no setting.
    expect(String(await ask(replicas[0], 'SHOW primary_conninfo'))).not.toContain(secrets.replication);
  });

  it('write alone while no standby is there, and wait again when one is back', async () => {
    for (const name of replicas) await stop(name);
    await ask(source, 'INSERT INTO marks VALUES (3)', 'app');
    expect(await standbyNames()).toEqual(['']);
    await start(replicas[1]);
    await expect.poll(standbyNames).toEqual(both);
    await expect.poll(() => ask(replicas[1], 'SELECT max(id) FROM marks').catch(() => null)).toEqual([3]);
  });
});
