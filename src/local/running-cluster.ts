import { join, resolve } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { LocalServer } from '../servers/local-servers.ts';
import type { LocalCluster, LocalClusterOptions } from './cluster-contract.ts';
import { readClusterFile, removeClusterFile, writeClusterFile } from './directory/cluster-file.ts';
import type { DirectoryLock } from './directory/directory-lock.ts';
import { dataFolder, type FlavourState, loadFlavourState, saveFlavourState } from './directory/flavour-state.ts';
import { type LocalSecrets, loadSecrets } from './directory/secrets.ts';
import { Appliers } from './lab/appliers.ts';
import { UnknownNodeError } from './local-errors.ts';
import type { LocalNode, LocalRedis } from './local-node.ts';
import { planNodes } from './node-plans.ts';
import { removeAbandonedDrafts } from './processes/abandoned-drafts.ts';
import type { Templates } from './processes/data-directory.ts';
import { PortBook } from './processes/port-book.ts';
import { startRedisServer } from './processes/redis-server.ts';
import type { ServerChild } from './processes/server-child.ts';
import { type NodePlan, type RunningNode, startNodeServer } from './processes/server-node.ts';
import { findUsableServer } from './processes/usable-server.ts';
import { findServer, type ServerBinary } from './programs/server-binaries.ts';
import { localDatabase, onServer } from './server-connection.ts';
import { makeTopology } from './topologies/make-topology.ts';
import type { LocalTopology } from './topologies/topology.ts';

type Options = LocalClusterOptions & { clock: Clock };

type Prepared = {
  readonly options: Options;
  readonly lock: DirectoryLock;
  readonly secrets: LocalSecrets;
  readonly state: FlavourState;
  readonly server: ServerBinary;
  readonly redis: ServerBinary | null;
  readonly templates: Templates;
};

/** The running servers of one directory. Owns the directory's lock. */
export class RunningCluster implements LocalCluster {
  readonly database = localDatabase;
  readonly #prepared: Prepared;
  readonly #plans: readonly NodePlan[];
  readonly #running = new Map<string, RunningNode>();
  readonly #ports: PortBook;
  readonly #topology: LocalTopology;
  /** Servers that this process stops itself. */
  readonly #ending = new WeakSet<ServerChild>();
  #redis: { readonly facts: LocalRedis; readonly child: ServerChild } | null = null;
  /** The source on which the servers last agreed. */
  #primary: string | null = null;
  #stopping: Promise<void> | null = null;

  /** Finds or fetches the server programs, and loads the directory's state. */
  static async prepare(options: Options, lock: DirectoryLock): Promise<RunningCluster> {
    const { directory, flavour, topology, log, signal, redis = true, backup = true } = options;
    const data = dataFolder(directory, flavour, topology);
    const binaries = resolve(options.binariesDirectory ?? join(directory, 'servers'));
    const finding = { directory: binaries, log, signal };
    // The lock guards the data; unpacked servers may be shared.
    await removeAbandonedDrafts(data, options.clock, 0);
    await removeAbandonedDrafts(binaries, options.clock);
    await removeAbandonedDrafts(join(binaries, 'templates'), options.clock);
    const [secrets, state] = await Promise.all([loadSecrets(directory), loadFlavourState(data)]);
    const kept = { data, backup, accounts: secrets.credentials };
    const { server, templates } = await findUsableServer(flavour, {
      ...finding,
      ...kept,
      asRoot: process.getuid?.() === 0,
    });
    const redisServer = redis ? await findServer('redis', finding) : null;
    return new RunningCluster({ options, lock, secrets, state, server, redis: redisServer, templates });
  }

  private constructor(prepared: Prepared) {
    const { replicas = 2, backup = true } = prepared.options;
    this.#prepared = prepared;
    this.#plans = planNodes({ topology: this.topology, replicas, backup });
    this.#ports = new PortBook(prepared.state.ports, (ports) =>
      saveFlavourState(this.#dataDirectory(), { id: this.id, ports }),
    );
    const { options, secrets } = prepared;
    this.#topology = makeTopology(this.topology, {
      id: this.id,
      flavour: this.flavour,
      plans: this.#plans.filter(({ role }) => role !== 'backup'),
      server: (name) => this.#server(name),
      runs: (name) => this.isRunning(name),
      formerSource: async () => (await this.#recordedSource()) ?? this.#primary ?? 'source',
      accounts: secrets.credentials,
      semiSync: options.semiSync ?? true,
      sourceAddressFor: options.sourceAddressFor ?? (async (_, source) => source),
      clock: options.clock,
      signal: options.signal,
      log: options.log,
    });
  }

  get id(): string {
    return this.#prepared.state.id;
  }

  get flavour() {
    return this.#prepared.options.flavour;
  }

  get topology() {
    return this.#prepared.options.topology ?? 'replication';
  }

  get directory(): string {
    return this.#prepared.options.directory;
  }

  get credentials() {
    return this.#prepared.secrets.credentials;
  }

  get tokenKeys() {
    return this.#prepared.secrets.tokenKeys;
  }

  get redisPassword(): string {
    return this.#prepared.secrets.redisPassword;
  }

  get redis(): LocalRedis | null {
    return this.#redis?.facts ?? null;
  }

  get nodes(): readonly LocalNode[] {
    return this.#plans.flatMap(({ name, role }) => {
      const node = this.#running.get(name)?.node;
      if (node === undefined || role === 'backup' || this.#primary === null) return node ?? [];
      return { ...node, role: name === this.#primary ? 'source' : 'replica' };
    });
  }

  /** All servers at once, then replication. If one fails, the others are still awaited, so that `stop` finds them. */
  async start(): Promise<void> {
    await this.#ports.choose([...this.#plans.map((plan) => plan.name), 'redis']);
    const launches = await Promise.allSettled([...this.#plans.map((plan) => this.#launch(plan)), this.#launchRedis()]);
    for (const launch of launches) if (launch.status === 'rejected') throw launch.reason;
    await this.#arrange(null);
    await this.#endDelays();
    await this.#record();
  }

  async startNode(name: string): Promise<LocalNode> {
    const plan = this.#plan(name);
    const running = this.#running.get(name);
    if (running !== undefined && running.child.exit === null) return running.node;
    const { node } = await this.#launch(plan);
    if (plan.role !== 'backup') await this.#arrange(name);
    await this.#record();
    return this.nodes.find((one) => one.name === name) ?? node;
  }

  isRunning(name: string): boolean {
    return this.#running.get(name)?.child.exit === null;
  }

  async stopNode(name: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#plan(name);
    const running = this.#running.get(name);
    if (running !== undefined) await this.#end(running.child, signal);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** All at once: each MySQL server takes seconds. */
  async #stopAll(): Promise<void> {
    this.#topology.close();
    const children = [...this.#running.values()].map(({ child }) => child);
    if (this.#redis !== null) children.push(this.#redis.child);
    await Promise.all(children.map((child) => this.#end(child, 'SIGTERM')));
    await removeClusterFile(this.directory);
    await this.#prepared.lock.release();
  }

  async #end(child: ServerChild, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#ending.add(child);
    if (child.exit === null) await child.end(signal, this.#prepared.options.clock);
  }

  async #launch(plan: NodePlan): Promise<RunningNode> {
    const { options, server, templates, secrets } = this.#prepared;
    const running = await this.#ports.onSomePort(plan.name, (port) =>
      startNodeServer({
        plan,
        flavour: this.flavour,
        binary: server,
        templates,
        dataDirectory: this.#dataDirectory(plan.name),
        logPath: this.#logPath(plan.name),
        port,
        credentials: secrets.credentials,
        parentDeathSignal: options.parentDeathSignal ?? 'TERM',
        clock: options.clock,
        signal: options.signal,
      }),
    );
    this.#running.set(plan.name, running);
    this.#watch(plan.name, running.child);
    return running;
  }

  async #launchRedis(): Promise<void> {
    const { options, redis } = this.#prepared;
    if (redis === null) return;
    const child = await this.#ports.onSomePort('redis', (port) =>
      startRedisServer({
        binary: redis,
        dataDirectory: this.#dataDirectory('redis'),
        logPath: this.#logPath('redis'),
        password: this.redisPassword,
        port,
        parentDeathSignal: options.parentDeathSignal ?? 'TERM',
        clock: options.clock,
        signal: options.signal,
      }),
    );
    this.#redis = { child, facts: { host: '127.0.0.1', port: this.#ports.portOf('redis'), pid: child.pid } };
    this.#watch('redis', child);
  }

  /** `started`: the server that joins running ones; null if all have just started. */
  async #arrange(started: string | null): Promise<void> {
    this.#primary = (await this.#topology.arrange(started)) ?? this.#primary;
  }

  async #recordedSource(): Promise<string | undefined> {
    return (await readClusterFile(this.directory))?.cluster.nodes.find(({ role }) => role === 'source')?.name;
  }

  #server(name: string): LocalServer {
    const address = { host: '127.0.0.1', port: this.#ports.portOf(name) };
    return {
      name,
      ...address,
      dataDirectory: this.#dataDirectory(name),
      program: this.#prepared.server,
      use: (work) => onServer({ ...address, flavour: this.flavour }, this.credentials.admin, work),
      restarted: async (change) => {
        await this.stopNode(name);
        await change();
        await this.#launch(this.#plan(name));
      },
    };
  }

  /** A delay that was set in the lab outlives a process that was killed: a start removes it. */
  async #endDelays(): Promise<void> {
    const { flavour, topology, credentials } = this;
    const { clock } = this.#prepared.options;
    const appliers = new Appliers({ flavour, topology, account: credentials.admin, clock });
    const replicas = this.nodes.filter(({ role }) => role === 'replica');
    await Promise.all(
      replicas.map(async (replica) => {
        const seen = await appliers.readState(replica).catch(() => null);
        if ((seen?.delayS ?? 0) > 0) await appliers.delay(replica, 0);
      }),
    );
  }

  #watch(name: string, child: ServerChild): void {
    void child.exited.then(async ({ code, signal }) => {
      if (this.#ending.has(child)) return;
      const words = signal === null ? await child.lastWords() : '';
      this.#prepared.options.log(`${name} exited unexpectedly (${signal ?? `code ${code}`}) ${words}`.trimEnd());
    });
  }

  async #record(): Promise<void> {
    const { nodes, redis, id, flavour, topology, database } = this;
    const { api = null, paymentsUrl = null } = (await readClusterFile(this.directory))?.cluster ?? {};
    const servers = { id, flavour, topology, database, nodes: [...nodes], redis };
    await writeClusterFile(this.directory, { ...servers, api, paymentsUrl });
  }

  #plan(name: string): NodePlan {
    const plan = this.#plans.find((candidate) => candidate.name === name);
    if (plan === undefined) {
      const known = this.#plans.map((candidate) => candidate.name).join(', ');
      throw new UnknownNodeError(`There is no node ${name}; there are ${known}`);
    }
    return plan;
  }

  #dataDirectory(name = '.'): string {
    return join(dataFolder(this.directory, this.flavour, this.topology), name);
  }

  #logPath(name: string): string {
    return join(this.directory, 'logs', `${this.flavour}-${name}.log`);
  }
}
