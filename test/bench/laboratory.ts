import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { ourMigrations } from '../../src/database/orders/our-migrations.ts';
import type { ServerFlavour } from '../../src/local/server-flavour.ts';
import { seedOrders } from '../../src/orders/seed/seed-orders.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type ApiProcess, environmentFor, startApiProcess } from '../consistency/api-process.ts';
import { type NodeProcess, startNodeProcess } from '../support/node-process.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { untilMirrored } from './mirror-progress.ts';

const migrations = ourMigrations('orders');
const ownCheckout = fileURLToPath(new URL('../..', import.meta.url));
const until = new Date('2026-11-01T00:00:00.000Z');

/**
 * How replicas reach the source: directly, or through a proxy in this process that can hold replication back. The others are
 * direct: a mirrored one has a backup, which a worker in a process of its own keeps up; a cached one has a Redis.
 */
export type ClusterKind = 'direct' | 'delayable' | 'mirrored' | 'cached';

/** The API as it ships, or one that does not do something. From the same sources, so that they differ in nothing else. */
const apis = {
  'as-shipped': { entry: 'dist/main.js', told: {} },
  'without-capture': { entry: 'dist/api-without-capture.js', told: {} },
  'without-proof': { entry: 'dist/api-without-proof.js', told: {} },
  'without-mirroring': { entry: 'dist/api-without-mirroring.js', told: {} },
  'without-cache': { entry: 'dist/main.js', told: { CACHE_TTL_MS: '0' } },
} as const satisfies Record<string, { readonly entry: string; readonly told: Readonly<Record<string, string>> }>;
export type ApiKind = keyof typeof apis;
type ApiStart = {
  readonly entry: string;
  readonly told: Readonly<Record<string, string>>;
  readonly checkout?: string;
};

/** Levels and formats of a production process, so that nobody pays for pretty logs. */
const usual = { NODE_ENV: 'production', LOG_LEVEL: 'warn', MIRROR_WORKER: 'off' };

export type LaboratoryOptions = {
  readonly flavour: ServerFlavour | undefined;
  readonly orders: number;
  readonly seed: number;
  readonly log: (line: string) => void;
};

/**
 * Brings up what a bench asks for and keeps it for the next one that asks for the same. Each process has a session of its own,
 * as the servers have: where a kernel shares the processor out among sessions, none shares with the load.
 */
export class Laboratory {
  readonly #options: LaboratoryOptions;
  readonly #apis = new Map<ApiKind, ApiProcess>();
  /** Processes that benches asked for; they stop them, unless they fail. */
  readonly #others: { stop(): Promise<void> }[] = [];
  #mirrorWorker: NodeProcess | null = null;
  #servers: { flavour: ServerFlavour; serverVersion: string };
  #cluster: { readonly kind: ClusterKind; readonly running: TestCluster } | null = null;

  constructor(options: LaboratoryOptions) {
    this.#options = options;
    this.#servers = { flavour: options.flavour ?? 'mariadb', serverVersion: '' };
  }

  /** A cluster with seeded orders, all of them on all replicas, nothing held back. */
  async cluster(kind: ClusterKind): Promise<TestCluster> {
    if (this.#cluster?.kind !== kind) {
      await this.close();
      const { flavour, orders, seed, log } = this.#options;
      log(`starting a cluster (${kind}) with ${orders} orders`);
      const running = await startTestCluster({
        redis: kind === 'cached',
        backup: kind === 'mirrored',
        ...(flavour && { flavour }),
        ...(kind === 'delayable' && { replicationDelayMs: 0 }),
      });
      this.#cluster = { kind, running };
      const { flavour: own, nodes } = running.cluster;
      this.#servers = { flavour: own, serverVersion: nodes[0]?.version ?? '' };
      const url = running.adminUrl('source');
      await migrate({ url, directory: migrations, log: () => undefined });
      const mirrored = kind === 'mirrored';
      await seedOrders({ url, orders, seed, until, existing: 'replace', mirrored, progress: () => undefined });
    }
    const { running } = this.#cluster as { running: TestCluster };
    if (kind === 'delayable') for (const name of replicasOf(running)) running.setReplicationDelay(name, 0);
    if (kind === 'mirrored') this.startMirrorWorker();
    await untilCaughtUp(running);
    if (kind === 'mirrored') await untilMirrored(running);
    return running;
  }

  /** `npm run mirror`. */
  startMirrorWorker(): void {
    const cluster = this.#cluster?.running;
    if (cluster === undefined) throw new Error('there is no cluster to mirror');
    const told = { ...environmentOf(cluster), BACKUP_MIGRATION_URL: cluster.adminUrl('backup') };
    this.#mirrorWorker ??= startNodeProcess(['--import', 'tsx', 'src/cli/mirror.ts'], told, { ownSession: true });
  }

  async stopMirrorWorker(): Promise<void> {
    await this.#mirrorWorker?.stop();
    this.#mirrorWorker = null;
  }

  /** An API process on that cluster. */
  async api(clusterKind: ClusterKind, kind: ApiKind = 'as-shipped'): Promise<ApiProcess> {
    await this.cluster(clusterKind);
    const running = this.#apis.get(kind) ?? (await this.#start(clusterKind, apis[kind]));
    this.#apis.set(kind, running);
    return running;
  }

  /** The same of another checkout, as it was built there. The caller stops it. */
  async apiOf(clusterKind: ClusterKind, checkout: string): Promise<ApiProcess> {
    const started = await this.#start(clusterKind, { ...apis['as-shipped'], checkout });
    this.#others.push(started);
    return started;
  }

  /** One that nobody has asked anything yet, run as `npm start` runs it. The caller stops it. */
  async freshApi(clusterKind: ClusterKind, told: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
    const started = await this.#start(clusterKind, { entry: apis['as-shipped'].entry, told });
    this.#others.push(started);
    return started;
  }

  /** Another process of the project in front of the same servers; `node` is what Node is told. The caller stops it. */
  async startBeside(
    clusterKind: ClusterKind,
    node: readonly string[],
    told: Readonly<Record<string, string>> = {},
  ): Promise<NodeProcess> {
    const cluster = await this.cluster(clusterKind);
    const started = startNodeProcess(node, { ...environmentOf(cluster), ...told }, { ownSession: true });
    this.#others.push(started);
    return started;
  }

  async #start(clusterKind: ClusterKind, { entry, told, checkout = ownCheckout }: ApiStart): Promise<ApiProcess> {
    const cluster = await this.cluster(clusterKind);
    const environment = { ...environmentOf(cluster), ...told };
    const node = [...(await shippedFlags(checkout)), resolve(checkout, entry)];
    return startApiProcess(cluster, { node, environment, ownSession: true });
  }

  /** What the servers are that ran last. */
  servers(): { flavour: ServerFlavour; serverVersion: string } {
    return this.#servers;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#apis.values(), ...this.#others.splice(0)].map((started) => started.stop()));
    this.#apis.clear();
    await this.stopMirrorWorker();
    await this.#cluster?.running.stop();
    this.#cluster = null;
  }
}

/** What every process in front of a cluster is told. */
function environmentOf(cluster: TestCluster): Record<string, string> {
  const { redis } = cluster.urls();
  return { ...environmentFor(cluster), ...usual, ...(redis !== null && { REDIS_URL: redis }) };
}

/** What `npm start` tells Node beside the entry. */
async function shippedFlags(checkout: string): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(resolve(checkout, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

export function replicasOf({ cluster }: TestCluster): string[] {
  return cluster.nodes.filter(({ role }) => role === 'replica').map(({ name }) => name);
}

/** Holds the replication of these replicas back, beginning with what is written from now on. */
export function holdBack(cluster: TestCluster, replicas: readonly string[], ms: number): void {
  for (const name of replicas) cluster.setReplicationDelay(name, ms);
}

const catchUpMs = 60_000;

/** Writes a row count on the source that replicas are polled for, which works alike on every server. */
async function untilCaughtUp(cluster: TestCluster): Promise<void> {
  const source = await cluster.admin('source');
  const mark = `bench_mark_${Math.trunc(systemClock.now())}`;
  await source.query(`CREATE TABLE ${mark} (id INT PRIMARY KEY)`);
  const deadlineMs = systemClock.monotonic() + catchUpMs;
  for (const name of replicasOf(cluster)) {
    const replica = await cluster.admin(name);
    const seen = `SELECT COUNT(*) AS seen FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?`;
    for (;;) {
      const [row] = (await replica.query(seen, [mark])) as { seen: unknown }[];
      if (Number(row?.seen) === 1) break;
      if (systemClock.monotonic() > deadlineMs) throw new Error(`${name} did not catch up`);
      await systemClock.sleep(50);
    }
    await replica.end();
  }
  await source.query(`DROP TABLE ${mark}`);
  await source.end();
}
