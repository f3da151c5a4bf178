import { join, resolve } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { LocalCluster, LocalClusterOptions } from './cluster-contract.ts';
import { readClusterFile, removeClusterFile, writeClusterFile } from './directory/cluster-file.ts';
import type { DirectoryLock } from './directory/directory-lock.ts';
import { dataFolder, type FlavourState, loadFlavourState, saveFlavourState } from './directory/flavour-state.ts';
import { type LocalSecrets, loadSecrets } from './directory/secrets.ts';
import { Appliers } from './lab/appliers.ts';
import { PortTakenError, UnknownNodeError } from './local-errors.ts';
import type { LocalNode, LocalRedis } from './local-node.ts';
import { planNodes } from './node-plans.ts';
import { removeAbandonedDrafts } from './processes/abandoned-drafts.ts';
import { isPortFree, pickPort } from './processes/ports.ts';
import { startRedisServer } from './processes/redis-server.ts';
import type { ServerChild } from './processes/server-child.ts';
import { type NodePlan, type RunningNode, startNodeServer } from './processes/server-node.ts';
import { findUsableServer } from './processes/usable-server.ts';
import { findServer, type ServerBinary } from './programs/server-binaries.ts';
import { arrangeReplication } from './replication/arrange-replication.ts';
import { formGroup } from './replication-group.ts';

type Options = LocalClusterOptions & { clock: Clock };

type Prepared = {
  readonly options: Options;
  readonly lock: DirectoryLock;
  readonly secrets: LocalSecrets;
  readonly state: FlavourState;
  readonly server: ServerBinary;
  readonly redis: ServerBinary | null;
  readonly template: string;
};

const portAttempts = 5;

/** The servers of one directory while they run. Owns the directory's lock. */
export class RunningCluster implements LocalCluster {
  readonly database = 'orders';
  readonly #prepared: Prepared;
  readonly #plans: readonly NodePlan[];
  readonly #running = new Map<string, RunningNode>();
  readonly #ports: Map<string, number>;
  /** Servers whose end is our own doing. */
  readonly #ending = new WeakSet<ServerChild>();
  #redis: { readonly facts: LocalRedis; readonly child: ServerChild } | null = null;
  /** The member that the group had elected when it last came together. */
  #primary: string | null = null;
  #forming: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;

  /** Finds or fetches the server programs, and what this directory remembers. */
  static async prepare(options: Options, lock: DirectoryLock): Promise<RunningCluster> {
    const { directory, flavour, topology, log, signal, redis = true } = options;
    const data = dataFolder(directory, flavour, topology);
    const binaries = resolve(options.binariesDirectory ?? join(directory, 'servers'));
    const finding = { directory: binaries, log, signal };
    // Nobody else works on the data; unpacked servers may be shared.
    await removeAbandonedDrafts(data, options.clock, 0);
    await removeAbandonedDrafts(binaries, options.clock);
    await removeAbandonedDrafts(join(binaries, 'templates'), options.clock);
    const [secrets, state] = await Promise.all([loadSecrets(directory), loadFlavourState(data)]);
    const { server, template } = await findUsableServer(flavour, { ...finding, asRoot: process.getuid?.() === 0 });
    const redisServer = redis ? await findServer('redis', finding) : null;
    return new RunningCluster({ options, lock, secrets, state, server, redis: redisServer, template });
  }

  private constructor(prepared: Prepared) {
    const { replicas = 2, backup = true } = prepared.options;
    this.#prepared = prepared;
    this.#plans = planNodes({ topology: this.topology, replicas, backup });
    this.#ports = new Map(Object.entries(prepared.state.ports));
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

  /** All servers at once, then replication. When one fails the others are still waited for, so that `stop` finds them. */
  async start(): Promise<void> {
    await this.#choosePorts();
    const launches = await Promise.allSettled([...this.#plans.map((plan) => this.#launch(plan)), this.#launchRedis()]);
    for (const launch of launches) if (launch.status === 'rejected') throw launch.reason;
    if (this.topology === 'group') await this.#form();
    else await this.#arrange(null);
    await this.#endDelays();
    await this.#record();
  }

  async startNode(name: string): Promise<LocalNode> {
    const plan = this.#plan(name);
    const running = this.#running.get(name);
    if (running !== undefined && running.child.exit === null) return running.node;
    const { node } = await this.#launch(plan);
    if (plan.member) await this.#form();
    else if (plan.role !== 'backup') await this.#arrange(name);
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

  /** All at once: MySQL takes seconds for each. */
  async #stopAll(): Promise<void> {
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

  async #choosePorts(): Promise<void> {
    const taken = new Set<number>();
    for (const name of [...this.#plans.map((plan) => plan.name), 'redis']) {
      const port = await pickPort({ remembered: this.#ports.get(name), taken, isFree: isPortFree });
      taken.add(port);
      this.#ports.set(name, port);
    }
    await this.#savePorts();
  }

  async #launch(plan: NodePlan): Promise<RunningNode> {
    const { options, server, template, secrets } = this.#prepared;
    const running = await this.#onSomePort(plan.name, (port) =>
      startNodeServer({
        plan,
        flavour: this.flavour,
        binary: server,
        template,
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
    const child = await this.#onSomePort('redis', (port) =>
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
    this.#redis = { child, facts: { host: '127.0.0.1', port: this.#port('redis'), pid: child.pid } };
    this.#watch('redis', child);
  }

  /** Another program may take a port between our look and the server's start. */
  async #onSomePort<T>(name: string, start: (port: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await start(this.#port(name));
      } catch (error) {
        if (!(error instanceof PortTakenError) || attempt === portAttempts) throw error;
        const taken = new Set(this.#ports.values());
        this.#ports.set(name, await pickPort({ remembered: undefined, taken, isFree: isPortFree }));
        await this.#savePorts();
      }
    }
  }

  /** `started` is the one that joins others; without it all have just started. */
  async #arrange(started: string | null): Promise<void> {
    const { options, secrets } = this.#prepared;
    const recorded = (await readClusterFile(this.directory))?.cluster.nodes.find(({ role }) => role === 'source')?.name;
    const plain = this.#plans.filter(({ role }) => role !== 'backup');
    this.#primary = await arrangeReplication({
      flavour: this.flavour,
      servers: plain.map(({ name, serverId }) => {
        const runs = this.isRunning(name);
        return { name, serverId, runs, host: '127.0.0.1', port: this.#port(name) };
      }),
      formerSource: recorded ?? this.#primary ?? 'source',
      started,
      semiSync: options.semiSync ?? true,
      credentials: secrets.credentials,
      clock: options.clock,
      log: options.log,
      sourceAddressFor: options.sourceAddressFor ?? (async (_, source) => source),
    });
  }

  /** A replica goes on being late on purpose after the process that made it so was killed: a start undoes that. */
  async #endDelays(): Promise<void> {
    const { flavour, topology, credentials } = this;
    const { clock } = this.#prepared.options;
    const appliers = new Appliers({ flavour, topology, account: credentials.admin, clock });
    const replicas = this.nodes.filter(({ role }) => role === 'replica');
    await Promise.all(
      replicas.map(async (replica) => {
        const seen = await appliers.look(replica).catch(() => null);
        if ((seen?.delayS ?? 0) > 0) await appliers.delay(replica, 0);
      }),
    );
  }

  /** One at a time: two that look at once might both find that nobody has started the group. */
  #form(): Promise<void> {
    const forming = this.#forming.then(async () => {
      const { options, secrets } = this.#prepared;
      const members = this.#plans.filter(({ member }) => member).map(({ name }) => name);
      const runs = (name: string) => this.isRunning(name);
      const away = members.filter((name) => !runs(name));
      const primary = await formGroup({
        groupName: this.id,
        members: members.filter(runs).map((name) => ({ name, host: '127.0.0.1', port: this.#port(name) })),
        away,
        credentials: secrets.credentials,
        clock: options.clock,
        signal: options.signal,
      });
      if (primary !== null) this.#primary = primary;
      else options.log(`the group waits for ${away.join(', ')}`);
    });
    this.#forming = forming.catch(() => undefined);
    return forming;
  }

  #watch(name: string, child: ServerChild): void {
    void child.exited.then(async ({ code, signal }) => {
      if (this.#ending.has(child)) return;
      const words = signal === null ? await child.lastWords() : '';
      this.#prepared.options.log(`${name} ended by itself (${signal ?? `code ${code}`}) ${words}`.trimEnd());
    });
  }

  async #record(): Promise<void> {
    const { nodes, redis, id, flavour, topology, database } = this;
    const { api = null, paymentsUrl = null } = (await readClusterFile(this.directory))?.cluster ?? {};
    const servers = { id, flavour, topology, database, nodes: [...nodes], redis };
    await writeClusterFile(this.directory, { ...servers, api, paymentsUrl });
  }

  async #savePorts(): Promise<void> {
    const ports = Object.fromEntries(this.#ports);
    await saveFlavourState(this.#dataDirectory(), { id: this.id, ports });
  }

  #port(name: string): number {
    const port = this.#ports.get(name);
    if (port === undefined) throw new UnknownNodeError(`The cluster has no port for ${name}`);
    return port;
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
