import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mariadb';
import type { ServerFlavour } from '../../src/local/server-flavour.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { ServerAddress } from '../../src/servers/server-address.ts';
import { type ApiProcess, environmentFor, startApiProcess } from '../consistency/api-process.ts';
import { caughtUp } from '../support/engine.ts';
import { TestFailover } from '../support/failover.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { TestRedis } from '../support/test-redis.ts';
import { until } from '../support/until.ts';
import { differencesBetween } from './backup-parity.ts';
import { type Ended, runNpm } from './npm-run.ts';
import { PartitionProxy } from './partition-proxy.ts';
import type { Ground } from './scenario.ts';
import { toldByApi } from './seen-by-api.ts';

/** An API process that may be replaced by another one at another address. */
export type ApiPlace = { readonly url: string };

const wholeWithinMs = 60_000;

/**
 * What scenarios happen on: a whole cluster, two API processes that mirror to the backup, Redis, and a network to the first
 * replica that can be cut. What processes and commands are told of the servers stays as it was at the beginning, whatever
 * becomes of the roles: nobody restarts them for a failover.
 */
export class Stage {
  readonly ground: Ground;
  readonly cluster: TestCluster;
  readonly network: PartitionProxy;
  readonly redis: TestRedis;
  readonly places: readonly [ApiPlace, ApiPlace];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #apis: ApiProcess[] = [];

  private constructor(ground: Ground, cluster: TestCluster, network: PartitionProxy, redis: TestRedis) {
    this.ground = ground;
    this.cluster = cluster;
    this.network = network;
    this.redis = redis;
    const place = (index: number): ApiPlace => {
      const urlOf = () => (this.#apis[index] ?? this.#apis[0])?.url ?? '';
      return {
        get url() {
          return urlOf();
        },
      };
    };
    this.places = [place(0), place(1)];
    const { replication } = cluster.cluster.credentials;
    this.#environment = {
      ...environmentFor(cluster),
      REDIS_URL: redis.url,
      BACKUP_MIGRATION_URL: cluster.adminUrl('backup'),
      CLUSTER_REPLICATION_USER: replication.user,
      CLUSTER_REPLICATION_PASSWORD: replication.password,
    };
  }

  /** `processes`: default 2; with one, both places are the same. */
  static async open(
    flavour: ServerFlavour | undefined,
    { ground = 'shared', processes = 2 }: { readonly ground?: Ground; readonly processes?: 1 | 2 } = {},
  ): Promise<Stage> {
    const cluster = await startTestCluster({
      topology: ground === 'group' ? 'group' : 'replication',
      backup: true,
      ...(flavour && { flavour }),
    });
    const redis = await TestRedis.start();
    // The same server whatever becomes of the roles; only its port may be another after a start.
    const cuttable = firstReplica(cluster);
    const network = await PartitionProxy.start(() => cluster.node(cuttable));
    const stage = new Stage(ground, cluster, network, redis);
    try {
      // The first one migrates.
      for (let index = 0; index < processes; index += 1) await stage.startApi(index);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Starts the API process of a place. */
  async startApi(index: number): Promise<void> {
    const [first = '', ...others] = this.#environment.REPLICA_URLS?.split(',') ?? [];
    const cuttable = new URL(first);
    cuttable.port = String(this.network.address.port);
    const environment = {
      ...this.#environment,
      ...(this.ground !== 'direct' && { REPLICA_URLS: [cuttable.href, ...others].join(',') }),
    };
    this.#apis[index] = await startApiProcess(this.cluster, { environment });
  }

  /** As the kernel ends a process that is out of memory. */
  async killApi(index: number): Promise<void> {
    const api = this.#apis[index];
    if (api === undefined) throw new Error(`there is no API process ${index}`);
    process.kill(api.pid, 'SIGKILL');
    await api.stop();
  }

  /** Which processes serve: another number is another process. */
  apiPids(): readonly number[] {
    return this.#apis.flatMap(({ pid }) => (isAlive(pid) ? [pid] : []));
  }

  /** `npm run -s <script> -- <words>`, as a person at a terminal runs it. */
  command(script: string, ...words: readonly string[]): Promise<Ended> {
    return runNpm(['run', '-s', script, '--', ...words], this.#environment);
  }

  /** Whichever server takes the writes, as the servers tell it. */
  async source(): Promise<string> {
    const found = this.ground === 'group' ? await this.#primary() : await new TestFailover(this.cluster).source();
    if (found === null) throw new Error('it is unknown which server is the source');
    return found;
  }

  async on<T>(name: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.cluster.admin(name);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  async run(name: string, ...statements: readonly string[]): Promise<void> {
    await this.on(name, async (connection) => {
      for (const statement of statements) await connection.query(statement);
    });
  }

  /** Starts a server that has fallen and makes it a replica, with the source's data where its own did not survive. */
  async takeBack(name: string): Promise<void> {
    await this.cluster.cluster.startNode(name);
    const { code } = await this.command('cluster', 'rejoin', name, '--yes');
    if (code !== 0) await this.renew(name);
  }

  /** Gives a server the source's data in place of its own, by the command where that can. */
  async renew(name: string): Promise<void> {
    const { code } = await this.command('cluster', 'rejoin', name, '--discard', '--yes');
    if (code !== 0) await this.#copyReplica(name);
  }

  /** Resolves when every replica has all that the source has, and both API processes say that all is well. */
  async untilWhole(): Promise<void> {
    const source = await this.source();
    for (const { name, role } of this.cluster.cluster.nodes) {
      if (role !== 'backup' && name !== source) await caughtUp(this.cluster, name, source);
    }
    const deadlineMs = systemClock.monotonic() + wholeWithinMs;
    for (const { url } of this.places) {
      for (let trouble = await troubleAt(url); trouble !== null; trouble = await troubleAt(url)) {
        if (systemClock.monotonic() > deadlineMs) throw new Error(`the API at ${url} is not well: ${trouble}`);
        await systemClock.sleep(100);
      }
    }
  }

  /** Resolves when both API processes have told it of the server since that time of day, in milliseconds. */
  async whenTold(event: string, node: string, sinceMs: number): Promise<void> {
    const isIt = (told: Awaited<ReturnType<typeof toldByApi>>[number]) =>
      told.name === event && told.node === node && Date.parse(told.at) >= sinceMs;
    for (const { url } of this.places) {
      await until(`${url} tells ${event} of ${node}`, async () => (await toldByApi(url)).some(isIt));
    }
  }

  /** What the backup has not, or has otherwise, once the mirror has come to its end. */
  async differences(): Promise<string[]> {
    return differencesBetween(this.#address(await this.source()), this.#address('backup'));
  }

  /** How many orders of a customer the source has, by the number that their charge carries. */
  async ordersByNumber(userId: string): Promise<ReadonlyMap<number, number>> {
    const sql =
      'SELECT charge, COUNT(*) AS orders FROM orders WHERE user_id = ? AND charge IS NOT NULL GROUP BY charge';
    const rows: { charge: string; orders: bigint }[] = await this.on(await this.source(), (connection) =>
      connection.query(sql, [userId]),
    );
    return new Map(rows.map(({ charge, orders }) => [Math.round(Number(charge) * 100), Number(orders)]));
  }

  output(): readonly string[] {
    return this.#apis.flatMap((api) => api.output());
  }

  async close(): Promise<void> {
    await Promise.all(this.#apis.map((api) => api.stop()));
    await this.cluster.stop();
    await Promise.all([this.network.stop(), this.redis.stop()]);
  }

  /**
   * From the files of another replica. To start empty and replicate everything would not do: a server leaves out what it
   * takes for its own, and what was written by the former source carries its number.
   */
  async #copyReplica(name: string): Promise<void> {
    const { cluster } = this.cluster;
    const source = await this.source();
    const donor = cluster.nodes.find((node) => node.role !== 'backup' && ![name, source].includes(node.name));
    if (donor === undefined) throw new Error('there is no other replica');
    const { dataDirectory } = this.cluster.node(name);
    await Promise.all([cluster.stopNode(name, 'SIGKILL'), cluster.stopNode(donor.name)]);
    await rm(dataDirectory, { recursive: true, force: true });
    await cp(donor.dataDirectory, dataDirectory, { recursive: true });
    // MySQL makes itself another identity.
    await rm(join(dataDirectory, 'auto.cnf'), { force: true });
    await cluster.startNode(donor.name);
    await cluster.startNode(name);
  }

  /** As the members see it that answer. */
  async #primary(): Promise<string | null> {
    const sql = `SELECT MEMBER_PORT AS port FROM performance_schema.replication_group_members
      WHERE MEMBER_ROLE = 'PRIMARY' AND MEMBER_STATE = 'ONLINE'`;
    for (const { name, role } of this.cluster.cluster.nodes) {
      if (role === 'backup') continue;
      const [row] = await this.on(name, (connection) => connection.query(sql)).catch(() => []);
      const primary = this.cluster.cluster.nodes.find(({ port }) => port === Number(row?.port));
      if (primary !== undefined) return primary.name;
    }
    return null;
  }

  #address(name: string): ServerAddress {
    const { host, port } = this.cluster.node(name);
    return { name, host, port, ...this.cluster.cluster.credentials.app, database: 'orders', tls: null };
  }
}

export function firstReplica({ cluster }: Pick<TestCluster, 'cluster'>): string {
  const replica = cluster.nodes.find(({ role }) => role === 'replica');
  if (replica === undefined) throw new Error('there is no replica');
  return replica.name;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** `null` when all is well. */
async function troubleAt(url: string): Promise<string | null> {
  try {
    const response = await fetch(url.replace('/graphql', '/readyz'));
    const text = await response.text();
    return response.ok && !/DOWN|DEGRADED|UNKNOWN/.test(text) ? null : text;
  } catch (error) {
    return String(error);
  }
}
