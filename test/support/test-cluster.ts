import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Connection, createConnection } from 'mariadb';
import { Appliers } from '../../src/local/lab/appliers.ts';
import { hangServer, resumeServer, standsStill } from '../../src/local/lab/hung-server.ts';
import { type LocalCluster, startLocalCluster } from '../../src/local/local-cluster.ts';
import type { LocalNode } from '../../src/local/local-node.ts';
import type { ServerFlavour, Topology } from '../../src/local/server-flavour.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { flavourNames } from '../../src/servers/flavour-name.ts';
import { flavours } from '../../src/servers/flavours.ts';
import { drivers } from '../../src/servers/known-flavours.ts';
import { DelayProxy } from './delay-proxy.ts';

export type TestClusterOptions = {
  /** Default: TIDEMARK_TEST_FLAVOUR, otherwise `mariadb`. */
  flavour?: ServerFlavour;
  /** Default: `replication`. `group` only on MySQL. */
  topology?: Topology;
  replicas?: number;
  backup?: boolean;
  redis?: boolean;
  /** Puts a delaying proxy between each replica and the source. */
  replicationDelayMs?: number;
};

export type TestClusterUrls = { source: string; replicas: string[]; backup: string | null; redis: string | null };

export type TestCluster = {
  readonly cluster: LocalCluster;
  node(name: string): LocalNode;
  urls(): TestClusterUrls;
  /** URL of one node for the admin account. */
  adminUrl(name: string): string;
  /** A connection of the admin account. The caller ends it. */
  admin(name: string): Promise<Connection>;
  kill(name: string): Promise<void>;
  /** Returns when no thread of the server runs any more. */
  pause(name: string): void;
  resume(name: string): void;
  /** Starts a killed node again, or stops and starts a running one. */
  restart(name: string): Promise<void>;
  stopApplier(name: string): Promise<void>;
  startApplier(name: string): Promise<void>;
  /** Whole seconds that the applier of a replica stays behind. */
  setDelay(name: string, seconds: number): Promise<void>;
  /** Milliseconds that the replication stream of a replica is held back; needs `replicationDelayMs`. */
  setReplicationDelay(name: string, ms: number): void;
  stop(): Promise<void>;
};

/** Starts real servers in a folder of their own under the system's temporary one; `stop` leaves nothing behind. */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-test-'));
  const proxies = new Map<string, DelayProxy>();
  const { replicationDelayMs, flavour = testFlavour(), topology = 'replication' } = options;
  const { replicas = 2, backup = false, redis = false } = options;
  try {
    const cluster = await startLocalCluster({
      directory,
      flavour,
      topology,
      replicas,
      backup,
      redis,
      binariesDirectory,
      parentDeathSignal: 'KILL',
      log: (line) => process.env.TIDEMARK_TEST_LOG && process.stderr.write(`${line}\n`),
      ...(replicationDelayMs !== undefined && {
        // Writes would wait for what is held back.
        semiSync: false,
        sourceAddressFor: async (replica, source) => {
          const proxy = proxies.get(replica) ?? (await DelayProxy.start(source, replicationDelayMs));
          proxies.set(replica, proxy);
          return proxy.address;
        },
      }),
    });
    return new RunningTestCluster(cluster, proxies);
  } catch (error) {
    await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

export function testFlavour(): ServerFlavour {
  const { TIDEMARK_TEST_FLAVOUR: name = flavourNames[0] } = process.env;
  const flavour = flavourNames.find((known) => known === name);
  if (flavour === undefined) throw new Error(`TIDEMARK_TEST_FLAVOUR is one of ${flavourNames.join(', ')}`);
  return flavour;
}

/** Where the project keeps unpacked servers: tests share them. */
export const binariesDirectory = fileURLToPath(new URL('../../.tidemark/servers', import.meta.url));

class RunningTestCluster implements TestCluster {
  readonly cluster: LocalCluster;
  readonly #proxies: ReadonlyMap<string, DelayProxy>;
  readonly #appliers: Appliers;

  constructor(cluster: LocalCluster, proxies: ReadonlyMap<string, DelayProxy>) {
    this.cluster = cluster;
    this.#proxies = proxies;
    const { flavour, topology, credentials } = cluster;
    this.#appliers = new Appliers({ flavour, topology, account: credentials.admin, clock: systemClock });
  }

  node(name: string): LocalNode {
    const node = this.cluster.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) throw new Error(`The test cluster has no ${name}`);
    return node;
  }

  urls(): TestClusterUrls {
    const { app } = this.cluster.credentials;
    const urlsOf = (role: LocalNode['role']) =>
      this.cluster.nodes.filter((node) => node.role === role).map((node) => this.#url(node, app));
    const { redis, redisPassword } = this.cluster;
    return {
      source: urlsOf('source')[0] ?? '',
      replicas: urlsOf('replica'),
      backup: urlsOf('backup')[0] ?? null,
      redis: redis && `redis://:${redisPassword}@${redis.host}:${redis.port}`,
    };
  }

  adminUrl(name: string): string {
    return this.#url(this.node(name), this.cluster.credentials.admin);
  }

  async admin(name: string): Promise<Connection> {
    const { host, port } = this.node(name);
    const { admin } = this.cluster.credentials;
    const { driver } = flavours[this.cluster.flavour];
    if (driver !== drivers[0]) {
      const address = { name, host, port, ...admin, database: 'orders', tls: null };
      const opened = await driver.open(address, { timeoutMs: 60_000 }).opened;
      opened.on('error', () => {});
      // Tests use of it what connections of all drivers have.
      return opened as unknown as Connection;
    }
    // The driver's own limit is a second, which a busy machine needs.
    const limits = { connectTimeout: 60_000 };
    const settings = { host, port, ...admin, database: 'orders', allowPublicKeyRetrieval: true, ...limits };
    const connection = await createConnection(settings);
    // Servers are killed on purpose here: a connection that dies of it must not end the test run.
    connection.on('error', () => {});
    return connection;
  }

  async kill(name: string): Promise<void> {
    await this.cluster.stopNode(name, 'SIGKILL');
  }

  pause(name: string): void {
    const { pid } = this.node(name);
    hangServer(pid);
    const deadlineMs = systemClock.monotonic() + stoppingMs;
    while (!standsStill(pid)) {
      if (systemClock.monotonic() > deadlineMs) throw new Error(`Server ${pid} does not stop`);
      hangServer(pid);
    }
  }

  resume(name: string): void {
    resumeServer(this.node(name).pid);
  }

  async restart(name: string): Promise<void> {
    await this.cluster.stopNode(name);
    await this.cluster.startNode(name);
  }

  async stopApplier(name: string): Promise<void> {
    await this.#appliers.stop(this.node(name));
  }

  async startApplier(name: string): Promise<void> {
    await this.#appliers.start(this.node(name));
  }

  async setDelay(name: string, seconds: number): Promise<void> {
    await this.#appliers.delay(this.node(name), seconds);
  }

  setReplicationDelay(name: string, ms: number): void {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined)
      throw new Error(`Nothing stands between ${name} and the source: start with replicationDelayMs`);
    proxy.delayMs = ms;
  }

  async stop(): Promise<void> {
    this.#appliers.close();
    // The data is thrown away: no need to wait for an orderly end.
    await Promise.all(this.cluster.nodes.map(({ name }) => this.cluster.stopNode(name, 'SIGKILL')));
    await this.cluster.stop();
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.stop()));
    await rm(this.cluster.directory, { recursive: true, force: true });
  }

  #url({ host, port }: LocalNode, { user, password }: { user: string; password: string }): string {
    return `${flavours[this.cluster.flavour].driver.schemes[0]}://${user}:${password}@${host}:${port}/${this.cluster.database}`;
  }
}

const stoppingMs = 5000;
