import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalCredentials, loadSecrets } from '../../src/local/directory/secrets.ts';
import { prepareDataDirectory } from '../../src/local/processes/data-directory.ts';
import { isPortFree, pickPort } from '../../src/local/processes/ports.ts';
import { ServerChild } from '../../src/local/processes/server-child.ts';
import { findUsableServer, type UsableServer } from '../../src/local/processes/usable-server.ts';
import { unpackPackages } from '../../src/local/programs/apt-packages.ts';
import { onServer } from '../../src/local/server-connection.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { firstExisting } from '../../src/platform/existing-path.ts';
import { type Command, runCommand } from '../../src/platform/run-command.ts';
import type { PackageSet } from '../../src/servers/local-servers.ts';
import { mariadbStart } from '../../src/servers/mariadb/local/servers.ts';
import { placesOf } from '../../src/servers/mysql-family/local/server-arguments.ts';
import { credentialValues, loadStatements } from '../../src/servers/mysql-family/local/sql-file.ts';
import { type Row, rowsOf } from '../../src/servers/rows.ts';
import { binariesDirectory } from './test-cluster.ts';

const galera: PackageSet = {
  title: 'Galera',
  prefixes: ['galera'],
  fallbackRelease: null,
  advice: 'Install it (Debian, Ubuntu: apt-get install galera-4)',
};
const target = join(binariesDirectory, 'galera');
const library = (root: string) => firstExisting([join(root, 'usr/lib/galera/libgalera_smm.so')]);
const support = fileURLToPath(new URL('.', import.meta.url));
const log = (line: string) => void process.stderr.write(`${line}\n`);

type Ports = { readonly sql: number; readonly group: number; readonly increments: number; readonly copies: number };

export type GaleraNode = { readonly name: string; readonly host: string; readonly port: number };

/** Three nodes that all take writes, from the distribution's package for Galera. Throws `ServersMissingError` without it. */
export async function startGaleraCluster(): Promise<GaleraCluster> {
  if ((await library(target)) === null) {
    await unpackPackages({ set: galera, target, isWhole: async (root) => (await library(root)) !== null, log });
  }
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-galera-'));
  const secrets = await loadSecrets(directory);
  const server = await findUsableServer('mariadb', {
    directory: binariesDirectory,
    log,
    asRoot: isRoot,
    accounts: secrets.credentials,
    data: directory,
    backup: false,
  });
  const cluster = new GaleraCluster(directory, server, secrets, await somePorts());
  try {
    await cluster.begin();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

const isRoot = process.getuid?.() === 0;
const count = 3;

async function somePorts(): Promise<Ports[]> {
  const taken = new Set<number>();
  const next = async () => {
    const port = await pickPort({ remembered: undefined, taken, isFree: isPortFree });
    taken.add(port);
    return port;
  };
  const ports: Ports[] = [];
  for (let node = 0; node < count; node += 1) {
    ports.push({ sql: await next(), group: await next(), increments: await next(), copies: await next() });
  }
  return ports;
}

export class GaleraCluster {
  readonly nodes: readonly GaleraNode[];
  readonly credentials: LocalCredentials;
  readonly #directory: string;
  readonly #server: UsableServer;
  readonly #ports: readonly Ports[];
  readonly #running = new Map<string, ServerChild>();
  readonly #killed = new Set<string>();

  constructor(
    directory: string,
    server: UsableServer,
    { credentials }: { readonly credentials: LocalCredentials },
    ports: readonly Ports[],
  ) {
    this.#directory = directory;
    this.#server = server;
    this.#ports = ports;
    this.credentials = credentials;
    this.nodes = ports.map(({ sql }, index) => ({ name: `node-${index + 1}`, host: '127.0.0.1', port: sql }));
  }

  /** The first one is made and stopped, so that the others begin as its copies. */
  async begin(): Promise<void> {
    const [first = '', ...others] = this.nodes.map(({ name }) => name);
    await prepareDataDirectory(this.#data(first), this.#server.templates.cluster);
    const statements = await loadStatements(
      new URL('../../src/servers/mariadb/local/', import.meta.url),
      'accounts',
      credentialValues(this.credentials),
    );
    const initFile = join(this.#directory, 'accounts.sql');
    await writeFile(initFile, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 });
    await this.start(first, ['--wsrep-new-cluster', `--init-file=${initFile}`]);
    await this.#end(first, 'SIGTERM');
    for (const name of others) {
      await cp(this.#data(first), this.#data(name), { recursive: true });
      await Promise.all(
        ['galera.cache', 'gvwstate.dat'].map((file) => rm(join(this.#data(name), file), { force: true })),
      );
    }
    await this.start(first, ['--wsrep-new-cluster']);
    // One after the other: who gives an increment gives it to one.
    for (const name of others) await this.start(name);
  }

  /** Resolves when the node is in step with the others. */
  async start(name: string, further: readonly string[] = []): Promise<void> {
    const { server } = this.#server;
    const { path, args, variables } = server.command;
    await mkdir(join(this.#data(name), 'tmp'), { recursive: true });
    const PATH = `${support}${delimiter}${process.env.PATH ?? ''}`;
    const command = { path, args, variables: { ...variables, PATH, TIDEMARK_NOTES: this.#directory } };
    const own = await this.#arguments(name);
    const begin = this.#killed.delete(name) ? await this.#recovered(name, command, own) : [];
    const child = await ServerChild.start(command, [...own, ...begin, ...further], {
      cwd: this.#data(name),
      logPath: join(this.#directory, `${name}.log`),
      parentDeathSignal: 'KILL',
    });
    this.#running.set(name, child);
    const deadlineMs = systemClock.monotonic() + 90_000;
    while ((await this.status(name, 'wsrep_local_state').catch(() => null)) !== '4') {
      if (child.exit !== null || systemClock.monotonic() > deadlineMs) {
        throw new Error(`${name} did not join: ${await child.lastWords()}`);
      }
      await systemClock.sleep(100);
    }
  }

  /** Up to where a node has come that was killed: else it would ask for all of the data. */
  async #recovered(name: string, command: Command, args: readonly string[]): Promise<string[]> {
    const file = join(this.#directory, `${name}-recovery.log`);
    await runCommand(command, [...args, '--wsrep-recover', `--log-error=${file}`]);
    const [, position] = /Recovered position:\s*(\S+)/.exec(await readFile(file, 'utf8')) ?? [];
    if (position === undefined) throw new Error(`${name} does not say how far it had come`);
    return [`--wsrep-start-position=${position}`];
  }

  async kill(name: string): Promise<void> {
    this.#killed.add(name);
    await this.#end(name, 'SIGKILL');
  }

  async status(name: string, variable: string): Promise<string | null> {
    const [row] = await this.query(name, `SHOW GLOBAL STATUS LIKE '${variable}'`);
    return row === undefined ? null : String(row.Value);
  }

  async query(name: string, sql: string): Promise<readonly Row[]> {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) throw new Error(`There is no ${name}`);
    const place = { ...node, flavour: 'mariadb' } as const;
    return rowsOf(await onServer(place, this.credentials.admin, (connection) => connection.query(sql)));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.#end(name, 'SIGKILL')));
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #end(name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#running.get(name)?.end(signal, systemClock);
    this.#running.delete(name);
  }

  #data(name: string): string {
    return join(this.#directory, name);
  }

  async #arguments(name: string): Promise<string[]> {
    const index = this.nodes.findIndex((node) => node.name === name);
    const ports = this.#ports[index];
    if (ports === undefined) throw new Error(`There is no ${name}`);
    const at = (port: number) => `127.0.0.1:${port}`;
    const provider = [
      `base_host=127.0.0.1;base_port=${ports.group};gmcast.listen_addr=tcp://${at(ports.group)}`,
      `ist.recv_addr=${at(ports.increments)};gcache.size=32M`,
      'evs.suspect_timeout=PT3S;evs.inactive_timeout=PT6S',
    ];
    return [
      `--defaults-file=${mariadbStart.settings}`,
      `--datadir=${this.#data(name)}`,
      ...placesOf(this.#server.server.unpackedUsr, mariadbStart),
      '--bind-address=127.0.0.1',
      `--port=${ports.sql}`,
      '--socket=server.sock',
      '--pid-file=server.pid',
      `--tmpdir=${join(this.#data(name), 'tmp')}`,
      '--server-id=1',
      '--innodb-autoinc-lock-mode=2',
      '--wsrep-on=ON',
      `--wsrep-provider=${await library(target)}`,
      `--wsrep-provider-options=${provider.join(';')}`,
      '--wsrep-cluster-name=tidemark',
      `--wsrep-cluster-address=gcomm://${this.#ports.map(({ group }) => at(group)).join(',')}`,
      `--wsrep-node-name=${name}`,
      '--wsrep-node-address=127.0.0.1',
      '--wsrep-sst-method=copied',
      `--wsrep-sst-receive-address=${at(ports.copies)}`,
      '--wsrep-gtid-mode=ON',
      '--wsrep-gtid-domain-id=7',
      '--wsrep-slave-threads=4',
      ...(isRoot ? ['--user=root'] : []),
    ];
  }
}
