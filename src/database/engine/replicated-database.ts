/**
 * The engine: a cluster that is watched, a router that chooses, and one set of Prisma clients per node.
 * Knows nothing of the models; a generated client comes in as `makeClient`.
 */
import { Cluster, type ClusterOptions } from '../../cluster/cluster.ts';
import { measureCluster } from '../../cluster/cluster-metrics.ts';
import {
  type ClusterSnapshot,
  canServe,
  isBlind,
  isSeen,
  statusOf,
  writableSource,
} from '../../cluster/cluster-snapshot.ts';
import { commitPatienceMs, longestCommitMs } from '../../cluster/commit-patience.ts';
import { type HealthPolicy, isSilent } from '../../cluster/health.ts';
import { logProblems } from '../../cluster/log-problems.ts';
import type { Node } from '../../cluster/node.ts';
import { NodePatience } from '../../cluster/node-patience.ts';
import type { NodeStatus } from '../../cluster/node-status.ts';
import { unvouchedMs } from '../../cluster/vouched-for.ts';
import { currentEpoch, type EpochHistory } from '../../consistency/epoch.ts';
import type { Position } from '../../consistency/position.ts';
import type { ResumedSession } from '../../consistency/resume-session.ts';
import type { Session } from '../../consistency/session.ts';
import type { Clock } from '../../platform/clock.ts';
import { LabelledMetrics } from '../../platform/labelled-metrics.ts';
import type { Logger } from '../../platform/log.ts';
import { type Metrics, unmeasured } from '../../platform/metrics.ts';
import { OwnClock } from '../../platform/own-clock.ts';
import { Strain } from '../../platform/strain.ts';
import { RouteMetrics } from '../../routing/route-metrics.ts';
import { Router } from '../../routing/router.ts';
import { positions } from '../../servers/flavours.ts';
import { NodeDownError } from '../../servers/mysql-family/driver-fault.ts';
import type { PoolSettings } from '../../servers/mysql-family/driver-pool.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import {
  closeNodeClients,
  type MakeClient,
  makeNodeClients,
  type NodeClients,
  type PrismaClientLike,
} from '../clients/node-clients.ts';
import { measurePools } from '../clients/pool-metrics.ts';
import type { MirroringOptions } from '../mirroring/mirroring.ts';
import type { OnSource, SqlConnection } from '../mirroring/outbox-table.ts';
import { EpochRecorder } from '../nodes/epoch-recorder.ts';
import type { Served } from '../nodes/serves.ts';
import { SqlNodeProbe } from '../nodes/sql-node-probe.ts';
import { DatabaseScope } from '../session/database-scope.ts';
import { PinnedSession } from '../session/pinned-session.ts';
import { openSnapshot } from '../session/positioned-snapshot.ts';
import type { SessionOpening, SessionServices } from '../session/session-opening.ts';
import { SessionResumption } from '../session/session-resumption.ts';
import { CommitSettlement } from '../write/commit-settlement.ts';
import { ProofPurge } from '../write/proof-purge.ts';
import { SourceWriter, type TransactionRunner } from '../write/source-writer.ts';

export type DatabaseNode = Node & ServerAddress;

export type ReplicatedDatabaseOptions<Client> = {
  /** Tells the databases of a process apart in metrics and errors. */
  readonly name: string;
  readonly nodes: readonly DatabaseNode[];
  readonly makeClient: MakeClient<Client>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly pool: PoolSettings;
  /** How long one write transaction may last, in milliseconds. */
  readonly transactionTimeoutMs: number;
  /** Off, writes tell no position and sessions do not read their own writes: only for measuring what learning them costs. */
  readonly learnPositions?: boolean;
  /** Off, a commit whose answer is lost stays unknown: only for measuring what settling it costs. */
  readonly proveCommits?: boolean;
  /** Which writes are noted for the backup; none unless told. */
  readonly mirroring?: MirroringOptions;
  /** How many reads may run on the source at once because no replica would do. */
  readonly sourceReadsLimit: number;
  /** Whether the backup may serve reads without a past when nobody else can. It may unless told. */
  readonly backupReads?: boolean;
  /** How long work may run on a node before the node is asked whether it is still there, in milliseconds. */
  readonly nodePatienceMs: number;
  /** Counts and measures nothing unless told. Several databases may share them. */
  readonly metrics?: Metrics;
  /** What every server has to be able to read to serve; not looked at unless told. */
  readonly serves?: Served;
  /** Called with the position of each write behind its commit, and the epoch that it counts in. */
  readonly onWrote?: (position: Position, epoch: number | null) => void;
} & Pick<ClusterOptions, 'health' | 'monitor' | 'tracker'>;

/** Of a database that keeps no record of promotions. */
const firstEpoch: EpochHistory = [{ epoch: 1, sourceId: '', endOfPrevious: null }];

const warmUpMs = 3000;
const promotionLookMs = { every: 10, most: 2000 };

export class ReplicatedDatabase<Client extends PrismaClientLike & TransactionRunner<Transaction>, Transaction> {
  readonly cluster: Cluster;
  readonly name: string;
  /** Of this database: they tell its name. Ends with it. */
  readonly metrics: LabelledMetrics;
  readonly #clients: ReadonlyMap<string, NodeClients<Client>>;
  readonly #services: SessionServices<Client, Transaction>;
  readonly #lostNodes = new Map<string, 'UP' | 'DOWN' | 'SILENT'>();
  readonly #clock: Clock;
  readonly #router: Router;
  readonly #patience: NodePatience;
  readonly #strain: Strain;
  readonly #resumption: SessionResumption;
  readonly #recorder: EpochRecorder;
  readonly #settlement: CommitSettlement;
  readonly #purge: ProofPurge;
  #epochs: EpochHistory = [];

  constructor(options: ReplicatedDatabaseOptions<Client>) {
    const { name, nodes, clock, random } = options;
    this.#clock = clock;
    this.name = name;
    const metrics = new LabelledMetrics(options.metrics ?? unmeasured, { database: name });
    this.metrics = metrics;
    const scope = new DatabaseScope(name);
    const addresses = new Map(nodes.map((node) => [node.name, node]));
    const addressOf = (nodeName: string) => found(addresses, nodeName);
    const ownClock = new OwnClock(clock);
    const commitLimits = { ...options.pool, longestCommitMs: longestCommitMs(options.pool) };
    const patience = (nodeName: string) => commitPatienceMs(statusOf(this.cluster.snapshot(), nodeName), commitLimits);
    this.#strain = new Strain(clock, () => this.cluster.lookAgain());
    const { stretch } = this.#strain;
    this.cluster = new Cluster({
      ...options,
      positions,
      ownClock,
      stretch,
      onGoneBack: (happening) => this.#recorder.goneBack(happening),
      probes: (node, listener) =>
        new SqlNodeProbe(addressOf(node.name), clock, listener, {
          longestCommitMs: commitLimits.longestCommitMs,
          ...(options.serves && node.configuredRole !== 'BACKUP' && { serves: options.serves }),
        }),
    });
    // Refuses a name that is taken, before anything is opened.
    measureCluster(this.cluster, { metrics, clock, epochs: () => this.#epochs });
    this.#clients = new Map(
      nodes.map((node) => [
        node.name,
        makeNodeClients(
          node,
          { ...options, scope, ownClock, stretch },
          {
            onConnectionLost: (trouble) => this.cluster.connectionLost(node.name, trouble),
            // Sent there again, a read would hang again.
            isThere: async () => (await this.cluster.settled(node.name)) && this.#canServe(node.name),
            commitPatienceMs: () => patience(node.name),
          },
        ),
      ]),
    );
    this.#patience = new NodePatience({
      clock,
      ownClock,
      stretch,
      patienceMs: options.nodePatienceMs,
      roleOf: (nodeName) => statusOf(this.cluster.snapshot(), nodeName)?.role ?? 'SOURCE',
      isThere: (nodeName, timeoutMs) => this.cluster.isThere(nodeName, timeoutMs),
      onSilent: (nodeName) => this.#leaveSilent(nodeName),
      onSlow: (nodeName) => this.cluster.doubtServing(nodeName),
    });
    const router = new Router({ ...options, ownClock, cluster: this.cluster });
    this.#router = router;
    const settlement = new CommitSettlement({
      clock,
      addressOf,
      commitPatienceMs: patience,
      source: () => router.source(),
    });
    this.#settlement = settlement;
    const routes = new RouteMetrics(metrics);
    const observe = (nodeName: string) => router.observe(nodeName);
    const busy = (nodeName: string) => this.#patience.begin(nodeName);
    const isDown = (nodeName: string) => statusOf(this.cluster.snapshot(), nodeName)?.state === 'DOWN';
    const clients = (nodeName: string) => found(this.#clients, nodeName);
    const transactions = {
      scope,
      ownClock,
      maxWaitMs: options.pool.acquireTimeoutMs,
      timeoutMs: options.transactionTimeoutMs,
    };
    const isBlindNode = (nodeName: string) => statusOf(this.cluster.snapshot(), nodeName)?.blind != null;
    this.#services = {
      scope,
      clock,
      clients,
      isBlind: isBlindNode,
      // A node that is down would only keep a request waiting that has nothing more to show.
      observe: async (nodeName) => {
        if (isDown(nodeName)) throw new NodeDownError();
        return observe(nodeName);
      },
      isDown,
      logsAhead: (nodeName) => statusOf(this.cluster.snapshot(), nodeName)?.report?.awaitsAcknowledgement === true,
      busy,
      doubtServing: (nodeName) => this.cluster.doubtServing(nodeName),
      canServe: (nodeName) => this.#canServe(nodeName),
      learned: (nodeName, position) => this.cluster.tracker(nodeName).learn(position),
      epoch: () => (this.#recorder.isPending ? null : currentEpoch(this.#epochs)),
      historyTurn: () => this.cluster.judge.turns,
      sourceSure: () => this.cluster.judge.sure(),
      vouchedAtMs: () => clock.now() - unvouchedMs(this.cluster.snapshot(), clock.monotonic()),
      believes: (position) => this.cluster.believes(position),
      untilBelieved: (position) => this.#untilBelieved(position),
      composed: () => clients(this.#sourceName()).composed,
      routeRead: (request) => routes.read(() => router.routeRead(request)),
      routeWrite: () => routes.write(() => router.routeWrite()),
      wrote: (position, { readsFollow }) => {
        this.cluster.judge.wrote(position);
        if (readsFollow) router.expectReadsOf(position);
        options.onWrote?.(position, currentEpoch(this.#epochs));
      },
      openSnapshot: (nodeName) => openSnapshot(clients(nodeName).direct, transactions),
      writer: new SourceWriter<Transaction>({
        clock,
        random,
        observe,
        busy,
        refused: () => this.#doubtSource(),
        isThere: (nodeName) => this.cluster.settled(nodeName),
        settle: (...asked) => settlement.settle(...asked),
        untold: (nodeName, why) => this.cluster.untold(nodeName, why),
        isBlind: isBlindNode,
        known: (nodeName) => statusOf(this.cluster.snapshot(), nodeName)?.position ?? null,
        source: () => {
          const source = router.source();
          return { node: source, client: clients(source).direct };
        },
        ...transactions,
      }),
    };
    this.#resumption = new SessionResumption({
      cluster: this.cluster,
      clock,
      epochs: () => this.#epochs,
      onLost: (token) => this.#recorder.lost(token),
      recorded: () => this.#recorder.recorded(),
    });
    this.#recorder = new EpochRecorder({ cluster: this.cluster, addressOf, clock, epochs: () => this.#epochs });
    this.#purge = new ProofPurge(this.onSource, clock, random);
    logProblems(this.cluster, options.log);
    measurePools(new Map([...this.#clients].map(([name, { pool }]) => [name, pool])), metrics);
    this.cluster.subscribe((snapshot) => {
      this.#learnEpochs(snapshot);
      this.#recorder.look(snapshot);
    });
    this.cluster.subscribe((snapshot) => this.#leaveLostNodes(snapshot, options.health));
  }

  /** Resolves when every node was looked at once, whether it answered or not. */
  async start(): Promise<void> {
    this.#strain.start();
    await this.cluster.start();
    this.#purge.start();
    await this.#warmUp();
  }

  async stop(): Promise<void> {
    this.metrics.endReadings();
    this.#strain.stop();
    this.#patience.close();
    this.#recorder.close();
    await this.#purge.stop();
    await this.cluster.stop();
    await this.#settlement.close();
    await Promise.all([...this.#clients.values()].map((clients) => closeNodeClients(clients)));
  }

  /** The promotions that are known of, empty while no node has been seen. */
  get epochs(): EpochHistory {
    return this.#epochs;
  }

  /** A position of the source that is at most so old; `null` when nobody knows one. */
  async positionWithin(maxStalenessMs: number): Promise<Position | null> {
    return this.#router.positionWithin(maxStalenessMs);
  }

  /** What a client brings, judged by the record of promotions and by the source's own history. Does not reject. */
  resume(clusterId: string, tokens: readonly Session[]): ResumedSession | Promise<ResumedSession> {
    return this.#resumption.resume(clusterId, tokens);
  }

  /** Another number once what was resumed before has to be judged anew: the source is not the one that it was judged by. */
  get historyTurns(): number {
    return this.cluster.judge.turns;
  }

  /** Whether positions say what the servers have; without, nothing that was read is good for anybody else. */
  get comparesPositions(): boolean {
    return !isBlind(this.cluster.snapshot());
  }

  /** The same of one node. */
  tellsPosition(nodeName: string): boolean {
    return !this.#services.isBlind(nodeName);
  }

  openSession(opening: SessionOpening): PinnedSession<Client, Transaction> {
    return new PinnedSession(this.#services, opening);
  }

  /** Runs `work` on a connection of its own to the source. Throws `SourceUnavailableError`. */
  readonly onSource: OnSource = async (work) => this.onNode(this.#router.source(), work);

  /** Likewise to one server, whatever it is. */
  async onNode<T>(name: string, work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const connection = await found(this.#clients, name).pool.getConnection();
    try {
      return await work(connection);
    } finally {
      await connection.release();
    }
  }

  /** A client's first query loads its engine, which takes most of a second: do it before somebody waits for the answer. */
  async #warmUp(): Promise<void> {
    const serving = this.cluster.snapshot().filter((status) => isSeen(status) && status.role !== 'BACKUP');
    const connecting = serving.map(({ node }) => found(this.#clients, node.name).direct.$connect());
    await Promise.race([Promise.allSettled(connecting), this.#clock.sleep(warmUpMs, { unref: true })]);
  }

  /** A promotion shows itself to readers before it is known: each doubt makes the cluster look. */
  async #untilBelieved(position: Position): Promise<void> {
    const untilMs = this.#clock.monotonic() + promotionLookMs.most;
    while (!this.cluster.believes(position) && this.#clock.monotonic() < untilMs) {
      await this.#clock.sleep(promotionLookMs.every);
    }
  }

  /** The longest record wins: promotions are only ever added, and a replica may not have heard of the last one yet. */
  #learnEpochs(snapshot: ClusterSnapshot): void {
    for (const { report, role } of snapshot) {
      if (report === null || role === 'BACKUP') continue;
      const epochs = report.epochs === null || report.epochs.length === 0 ? firstEpoch : report.epochs;
      if ((currentEpoch(epochs) ?? 0) > (currentEpoch(this.#epochs) ?? 0)) this.#epochs = epochs;
    }
  }

  /** What waits for a node that is down, or runs on a silent one, would wait until its deadline. */
  #leaveLostNodes(snapshot: ClusterSnapshot, health: HealthPolicy): void {
    for (const status of snapshot) {
      const silent = status.state === 'DOWN' ? isSilent(status, health) : hangsReads(status);
      const now = silent ? 'SILENT' : status.state === 'DOWN' ? 'DOWN' : 'UP';
      const { name } = status.node;
      const before = this.#lostNodes.get(name) ?? 'UP';
      if (now === before) continue;
      this.#lostNodes.set(name, now);
      if (now === 'SILENT') this.#clients.get(name)?.pool.cut();
      else if (now === 'DOWN') this.#clients.get(name)?.pool.refuseWaiting();
    }
  }

  /** What runs on a silent node would end with the node's return, or never: as lost, it can be run elsewhere. */
  #leaveSilent(nodeName: string): void {
    this.cluster.silent(nodeName, 'does not answer');
    found(this.#clients, nodeName).pool.cut();
  }

  /** A write was refused: who takes them, and whether it can, is found out now. */
  #doubtSource(): void {
    const source = writableSource(this.cluster.snapshot());
    if (source !== undefined) this.cluster.doubtServing(source.node.name);
    this.cluster.lookAgain();
  }

  #canServe(nodeName: string): boolean {
    const status = statusOf(this.cluster.snapshot(), nodeName);
    return status !== undefined && canServe(status);
  }

  #sourceName(): string {
    const snapshot = this.cluster.snapshot();
    const source = writableSource(snapshot) ?? snapshot.find(({ node }) => node.configuredRole === 'SOURCE');
    if (source === undefined) throw new Error('No node is configured as the source');
    return source.node.name;
  }
}

/** Reads there would end with whatever their table waits for; others have it too. */
function hangsReads({ role, report }: NodeStatus): boolean {
  return role === 'REPLICA' && (report?.unable ?? []).some(({ kind }) => kind === 'TABLE_SILENT');
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`No node is called ${name}`);
  return value;
}
