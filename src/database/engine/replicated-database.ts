/**
 * The engine: a cluster that is watched, a router that chooses, and one set of Prisma clients per node.
 * Knows nothing of the models; a generated client comes in as `makeClient`.
 */
import { Cluster } from '../../cluster/cluster.ts';
import { measureCluster } from '../../cluster/cluster-metrics.ts';
import { isBlind, isSeen, statusOf, writableSource } from '../../cluster/cluster-snapshot.ts';
import { commitPatienceMs, maxCommitMs } from '../../cluster/commit-patience.ts';
import { logProblems } from '../../cluster/log-problems.ts';
import { NodePatience } from '../../cluster/node-patience.ts';
import type { EpochHistory } from '../../consistency/epoch.ts';
import type { Position } from '../../consistency/position.ts';
import type { ResumedSession } from '../../consistency/resume-session.ts';
import type { Session } from '../../consistency/session.ts';
import type { Clock } from '../../platform/clock.ts';
import { LabelledMetrics } from '../../platform/labelled-metrics.ts';
import { unmeasured } from '../../platform/metrics.ts';
import { OwnClock } from '../../platform/own-clock.ts';
import { Strain } from '../../platform/strain.ts';
import { RouteMetrics } from '../../routing/route-metrics.ts';
import { Router } from '../../routing/router.ts';
import { NodeDownError } from '../../servers/driver-fault.ts';
import { positions } from '../../servers/known-flavours.ts';
import { closeNodeClients, makeNodeClients, type NodeClients, type PrismaClientLike } from '../clients/node-clients.ts';
import { measurePools } from '../clients/pool-metrics.ts';
import type { OnSource, WorkOnServer } from '../nodes/on-source.ts';
import { SqlNodeProbe } from '../nodes/sql-node-probe.ts';
import { type Commits, CommittedEvent } from '../session/committed-event.ts';
import { DatabaseScope } from '../session/database-scope.ts';
import { PinnedSession } from '../session/pinned-session.ts';
import { openSnapshot } from '../session/positioned-snapshot.ts';
import type { SessionOpening, SessionServices } from '../session/session-opening.ts';
import { SessionResumption } from '../session/session-resumption.ts';
import type { TransactionRunner } from '../write/source-writer.ts';
import { SourceWriting } from '../write/source-writing.ts';
import { clusterAnswers } from './cluster-answers.ts';
import type { ReplicatedDatabaseOptions } from './database-options.ts';
import { type DatabaseUses, refuseOtherUses, refusingWriter, resolveUses } from './database-uses.ts';
import { KnownEpochs } from './known-epochs.ts';
import { LostNodes } from './lost-nodes.ts';
import { warmUp } from './warm-up.ts';

export class ReplicatedDatabase<Client extends PrismaClientLike & TransactionRunner<Transaction>, Transaction> {
  readonly cluster: Cluster;
  readonly name: string;
  /** Of this database: labelled with its name. Closed with it. */
  readonly metrics: LabelledMetrics;
  /** Reports each write of this process. */
  readonly committed: Commits;
  readonly #clients: ReadonlyMap<string, NodeClients<Client>>;
  readonly #services: SessionServices<Client, Transaction>;
  readonly #clock: Clock;
  readonly #router: Router;
  readonly #patience: NodePatience;
  readonly #strain: Strain;
  readonly #resumption: SessionResumption;
  readonly #epochs: KnownEpochs;
  readonly #uses: DatabaseUses;
  /** `null` where nothing is written. */
  readonly #writing: SourceWriting<Transaction> | null;

  constructor(options: ReplicatedDatabaseOptions<Client>) {
    const { name, nodes, clock, random } = options;
    this.#clock = clock;
    this.name = name;
    const uses = resolveUses(name, options);
    this.#uses = uses;
    const metrics = new LabelledMetrics(options.metrics ?? unmeasured, { database: name });
    this.metrics = metrics;
    const scope = new DatabaseScope(name);
    const committed = new CommittedEvent(name, options.log);
    this.committed = committed;
    const addresses = new Map(nodes.map((node) => [node.name, node]));
    const addressOf = (nodeName: string) => found(addresses, nodeName);
    const ownClock = new OwnClock(clock);
    const commitLimits = { ...options.pool, maxCommitMs: maxCommitMs(options.pool) };
    const patience = (nodeName: string) => commitPatienceMs(statusOf(this.cluster.snapshot(), nodeName), commitLimits);
    this.#strain = new Strain(clock, () => this.cluster.probeAgain());
    const { stretch } = this.#strain;
    this.cluster = new Cluster({
      ...options,
      positions,
      ownClock,
      stretch,
      onGoneBack: (happening) => this.#epochs.goneBack(happening),
      probes: (node, listener) =>
        new SqlNodeProbe(addressOf(node.name), clock, listener, {
          maxCommitMs: commitLimits.maxCommitMs,
          epochs: uses.epochs,
          ...(options.serves && node.configuredRole !== 'BACKUP' && { serves: options.serves }),
        }),
    });
    const { cluster } = this;
    const answers = clusterAnswers(cluster, clock);
    const epochs = new KnownEpochs(uses.epochs && uses.writes ? { cluster, addressOf, clock, random } : null);
    this.#epochs = epochs;
    // Refuses a name that is taken, before anything is opened.
    measureCluster(cluster, { metrics, clock, epochs: () => epochs.history });
    const { mirroring, ...unmirrored } = options;
    const clientOptions = {
      ...(uses.mirrored ? options : unmirrored),
      pool: { ...options.pool, refusesWrites: true, onlyReads: !uses.writes },
      scope,
      ownClock,
      stretch,
    };
    this.#clients = new Map(
      nodes.map((node) => [
        node.name,
        makeNodeClients(node, clientOptions, {
          onConnectionLost: (trouble) => this.cluster.connectionLost(node.name, trouble),
          // Sent there again, a read would hang again.
          isThere: async () => (await this.cluster.settled(node.name)) && answers.canServe(node.name),
          commitPatienceMs: () => patience(node.name),
        }),
      ]),
    );
    const lost = new LostNodes((nodeName) => this.#clients.get(nodeName)?.pool, options.health, this.cluster);
    this.#patience = new NodePatience({
      clock,
      ownClock,
      stretch,
      patienceMs: options.nodePatienceMs,
      roleOf: (nodeName) => statusOf(this.cluster.snapshot(), nodeName)?.role ?? 'SOURCE',
      isThere: (nodeName, timeoutMs) => this.cluster.isThere(nodeName, timeoutMs),
      onSilent: (nodeName) => this.#leaveSilent(nodeName),
      onSlow: (nodeName) => lost.overdue(nodeName),
    });
    const router = new Router({ ...options, ownClock, cluster: this.cluster });
    this.#router = router;
    const routes = new RouteMetrics(metrics);
    const observe = (nodeName: string) => router.observe(nodeName);
    const busy = (nodeName: string) => this.#patience.begin(nodeName);
    const clients = (nodeName: string) => found(this.#clients, nodeName);
    const transactions = {
      scope,
      ownClock,
      maxWaitMs: options.pool.acquireTimeoutMs,
      timeoutMs: options.transactionTimeoutMs,
    };
    this.#writing = !uses.writes
      ? null
      : new SourceWriting<Transaction>({
          clock,
          random,
          observe,
          busy,
          refused: () => this.#doubtSource(),
          isThere: (nodeName) => this.cluster.settled(nodeName),
          untold: (nodeName, why) => this.cluster.untold(nodeName, why),
          isBlind: answers.isBlind,
          known: (nodeName) => statusOf(this.cluster.snapshot(), nodeName)?.position ?? null,
          source: () => {
            const source = router.source();
            return { node: source, client: clients(source).direct };
          },
          settlement: { ...answers, addressOf, commitPatienceMs: patience, source: () => router.source() },
          onSource: this.onSource,
          ...transactions,
        });
    this.#services = {
      ...answers,
      scope,
      clock,
      clients,
      // A node that is down would only keep a request waiting that has nothing more to show.
      observe: async (nodeName) => {
        if (answers.isDown(nodeName)) throw new NodeDownError();
        return observe(nodeName);
      },
      busy,
      epoch: () => (epochs.isPending ? null : epochs.current),
      composed: () => clients(this.#sourceName()).composed,
      routeRead: (request) => routes.read(() => router.routeRead(request)),
      routeWrite: () => routes.write(() => router.routeWrite()),
      committed,
      openSnapshot: (nodeName) => openSnapshot(clients(nodeName).direct, transactions),
      writer: this.#writing?.writer ?? refusingWriter(name),
    };
    this.#resumption = new SessionResumption({
      cluster: this.cluster,
      clock,
      epochs: () => epochs.history,
      onLost: (token) => epochs.lost(token),
      recorded: () => epochs.recorded(),
    });
    logProblems(this.cluster, options.log);
    measurePools(new Map([...this.#clients].map(([name, { pool }]) => [name, pool])), metrics);
    this.cluster.subscribe((snapshot) => epochs.learn(snapshot));
    this.cluster.subscribe((snapshot) => lost.leave(snapshot));
    committed.subscribe(({ position, readsFollow }) => {
      if (position === null) return;
      cluster.judge.wrote(position);
      if (readsFollow) router.expectReadsOf(position);
    });
  }

  /** Resolves when every node has been probed once, whether it answered or not. */
  async start(): Promise<void> {
    this.#strain.start();
    await this.cluster.start();
    this.#writing?.start();
    const serving = this.cluster.snapshot().filter((status) => isSeen(status) && status.role !== 'BACKUP');
    const clients = serving.map(({ node }) => found(this.#clients, node.name).direct);
    await warmUp(clients, this.#clock);
  }

  async stop(): Promise<void> {
    this.metrics.endReadings();
    this.#strain.stop();
    this.#patience.close();
    this.#epochs.close();
    await this.cluster.stop();
    await this.#writing?.stop();
    await Promise.all([...this.#clients.values()].map((clients) => closeNodeClients(clients)));
  }

  /** The promotions that are known of, empty while no node has been seen. */
  get epochs(): EpochHistory {
    return this.#epochs.history;
  }

  /** A position of the source that is at most this old; `null` if none is known. */
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

  /** Whether positions say what the servers have; otherwise nothing that was read may be shared with other clients. */
  get comparesPositions(): boolean {
    return !isBlind(this.cluster.snapshot());
  }

  /** The same of one node. */
  tellsPosition(nodeName: string): boolean {
    return !this.#services.isBlind(nodeName);
  }

  /** Throws `DatabaseReadOnlyError` or `DatabaseWriteOnlyError` for what is not done with this database. */
  checkUse(asked: { readonly writes: boolean }): void {
    refuseOtherUses(this.name, this.#uses, asked);
  }

  /** Throws what `checkUse` throws. */
  openSession(opening: SessionOpening): PinnedSession<Client, Transaction> {
    this.checkUse(opening);
    return new PinnedSession(this.#services, opening);
  }

  /** Runs `work` on a connection of its own to the source, beside what is under way. Throws `SourceUnavailableError`. */
  readonly onSource: OnSource = async (work) => this.onNode(this.#router.source(), work);

  /** Likewise to one server, whatever it is. */
  async onNode<T>(name: string, work: WorkOnServer<T>): Promise<T> {
    const { pool } = found(this.#clients, name);
    const apart = () => (this.#uses.writes ? pool.takeToWrite() : pool.getConnection());
    const connection = await this.#services.scope.apart(apart);
    try {
      return await work(connection, connection.flavour());
    } finally {
      await connection.release();
    }
  }

  /** What runs on a silent node would end with the node's return, or never: as lost, it can be run elsewhere. */
  #leaveSilent(nodeName: string): void {
    this.cluster.silent(nodeName, 'does not answer');
    found(this.#clients, nodeName).pool.cut();
  }

  /** A write was refused: checks now which server accepts writes, and whether it can. */
  #doubtSource(): void {
    const source = writableSource(this.cluster.snapshot());
    if (source !== undefined) this.cluster.doubtServing(source.node.name);
    this.cluster.probeAgain();
  }

  #sourceName(): string {
    const snapshot = this.cluster.snapshot();
    const source = writableSource(snapshot) ?? snapshot.find(({ node }) => node.configuredRole === 'SOURCE');
    if (source === undefined) throw new Error('No node is configured as the source');
    return source.node.name;
  }
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`No node is called ${name}`);
  return value;
}
