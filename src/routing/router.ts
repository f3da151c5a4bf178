/**
 * Which node serves this operation, and why.
 *
 *   write              the source, or SOURCE_UNAVAILABLE
 *   read               a fresh replica, the best one
 *   none is fresh      WAIT    the first replica to get there within waitMs, else the source
 *                      BYPASS  the source at once, while the trackers look for the position in the background
 *                      FAIL    the first replica to get there within waitMs, else CONSISTENCY_TIMEOUT
 *   none is eligible   the source (FAIL: CONSISTENCY_TIMEOUT, but where no replica is configured there is nobody else)
 *   session unknown    the source (FAIL: CONSISTENCY_TIMEOUT)
 *   positions are blind  a read that anything is asked of: never on a replica whose positions say nothing; and when those of
 *                      the source do, the source (FAIL: CONSISTENCY_TIMEOUT)
 *   an epoch has begun   a read that anything is asked of: never on a replica that has not heard of it (present-epoch.ts). While
 *                      that leaves nobody, not even a source, the servers that are asked at this moment are waited for
 *   no source either   CONSISTENCY_TIMEOUT while a replica is up but behind
 *   nobody at all      the backup for a read that has no past, where that is allowed; else LIMITED_FUNCTIONALITY
 *
 * A bound on staleness that nobody can check, because the source does not answer, is met by the source only.
 * Reads that fall on the source have a budget, so that replicas that are late together cannot drown the writes: over it a
 * read waits a moment for room, and fails with SOURCE_READS_EXHAUSTED without it. The backup is a mirror that may be
 * behind by any length of time and knows no positions: what it answers carries no token.
 */
import type { Cluster } from '../cluster/cluster.ts';
import {
  backups,
  type ClusterSnapshot,
  describeStatus,
  isAble,
  isBlind,
  isSeen,
  replicas,
  writableSource,
} from '../cluster/cluster-snapshot.ts';
import type { HealthPolicy } from '../cluster/health.ts';
import type { NodeStatus } from '../cluster/node-status.ts';
import { isBehindEpoch, isOfEpoch, presentEpoch } from '../cluster/present-epoch.ts';
import { ConsistencyTimeoutError } from '../consistency/errors.ts';
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import { LimitedFunctionalityError, RequestAbandonedError, retryAfterMs, SourceUnavailableError } from './errors.ts';
import { NodeLoad } from './node-load.ts';
import { type Route, type RouteReason, sourceFallbacks } from './route-decision.ts';
import type { ReadRequest } from './route-request.ts';
import { eligibleReplicas, freshReplicas, pickBest } from './select-node.ts';
import { SourceBudget } from './source-budget.ts';
import { SourcePositions } from './source-positions.ts';

/** How long a replica is watched for a position after a read that did not wait for it, in milliseconds. */
const pursuitMs = 1000;

/** Operations in flight on a node from which on sharing a look saves more than waiting for it costs. */
const crowd = 3;

const nobody: ReadonlySet<string> = new Set();

/** How long a read waits for room on the source, in milliseconds. */
const sourceRoomMs = 100;

/** How long a read waits for servers to say whether they have heard of an epoch, in milliseconds. */
const epochHearingMs = 500;

/** The position that a bound stands for could not be learned. */
const unknown = Symbol('unknown');

export type RouterOptions = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Counts only time in which this process could run; `clock` unless told. */
  readonly ownClock?: Clock;
  readonly random: () => number;
  readonly sourceReadsLimit: number;
  readonly health: Pick<HealthPolicy, 'minServingReplicas'>;
  /** Whether the backup may serve reads when nobody else can. It may unless told. */
  readonly backupReads?: boolean;
};

export class Router {
  readonly #load = new NodeLoad();
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #sourcePositions: SourcePositions;
  readonly #sourceBudget: SourceBudget;
  readonly #backupReads: boolean;
  readonly #minServingReplicas: number;
  readonly #pursued = new Set<string>();

  constructor(options: RouterOptions) {
    this.#cluster = options.cluster;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#sourceBudget = new SourceBudget({
      clock: options.ownClock ?? options.clock,
      limit: options.sourceReadsLimit,
      waitMs: sourceRoomMs,
    });
    this.#backupReads = options.backupReads ?? true;
    this.#minServingReplicas = options.health.minServingReplicas;
    this.#sourcePositions = new SourcePositions(options.clock, (source) => this.observe(source));
    options.cluster.subscribe((snapshot) => this.#learnSourcePosition(snapshot));
  }

  /**
   * A position of the node that includes everything that reads which have finished there may have seen. Where others are
   * being served too, the question is shared with them.
   */
  observe(nodeName: string): Promise<Position> {
    return this.#cluster.tracker(nodeName).observe({ patient: this.#load.of(nodeName) >= crowd });
  }

  /** Name of the server that takes the writes now. Throws `SourceUnavailableError`. */
  source(): string {
    return this.#source().node.name;
  }

  routeWrite(): Route {
    return this.#admit(this.#source(), 'write-operation');
  }

  /**
   * A write was committed: its client's next read will ask for this position. Where few are being served the replicas are
   * watched for it at once, so that the read need not wait for them to be asked; a crowd's reads share their looks anyway.
   */
  expectReadsOf(position: Position): void {
    const snapshot = this.#cluster.snapshot();
    const source = writableSource(snapshot);
    if (source === undefined || this.#load.of(source.node.name) >= crowd) return;
    const eligible = eligibleReplicas(snapshot, nobody);
    this.#pursue(
      eligible.filter(({ blind }) => blind === null),
      position,
    );
  }

  async routeRead(request: ReadRequest): Promise<Route> {
    if (request.sourceOnly === 'strong-read') return this.#admit(this.#source(), request.sourceOnly);
    if (request.sourceOnly !== null) return this.#readSource(request, null, request.sourceOnly, 0);
    if (asksPositions(request) && isBlind(this.#cluster.snapshot())) {
      return this.#readSource(request, null, 'position-unknown', 0);
    }
    const startedMs = this.#clock.monotonic();
    const waitedMs = () => this.#clock.monotonic() - startedMs;
    if (this.#eligible(request).length === 0) {
      if (this.#isBetweenEpochs(request)) await this.#untilEpochIsHeard(request);
      if (this.#eligible(request).length === 0) {
        return this.#readSource(request, request.position, this.#whyNoReplica(), waitedMs());
      }
    }
    const required = await this.#required(request);
    if (required === unknown) return this.#readSource(request, request.position, 'source-after-wait', waitedMs());
    const eligible = this.#eligible(request);
    const fresh = pickBest(freshReplicas(eligible, required), this.#load, this.#random);
    if (fresh !== undefined) return this.#admit(fresh, required === null ? 'any-replica' : 'replica-caught-up');
    if (required === null || eligible.length === 0) {
      return this.#readSource(request, required, this.#whyNoReplica(), 0);
    }
    if (request.whenBehind === 'BYPASS') {
      this.#pursue(eligible, required);
      return this.#readSource(request, required, 'source-bypass', 0);
    }
    const awaited = this.#worthWaitingFor(eligible, request);
    if (awaited.length === 0) return this.#readSource(request, required, this.#whyNoReplica(), 0);
    await this.#firstToReach(awaited, required, request);
    // The node that got there may have been lost in the same moment, and another one may be better.
    const reached = pickBest(freshReplicas(this.#eligible(request), required), this.#load, this.#random);
    if (reached !== undefined) return this.#admit(reached, 'replica-after-wait', waitedMs());
    return this.#readSource(request, required, 'source-after-wait', waitedMs());
  }

  #eligible(request: ReadRequest): readonly NodeStatus[] {
    const eligible = eligibleReplicas(this.#cluster.snapshot(), request.excluded, this.#minServingReplicas);
    if (!asksPositions(request)) return eligible;
    const epoch = presentEpoch(this.#cluster.snapshot());
    return eligible.filter((status) => status.blind === null && isOfEpoch(status, epoch));
  }

  /** Nobody can serve it now, and somebody who does not know of the epoch yet may be the source of it, or have replicated it. */
  #isBetweenEpochs(request: ReadRequest): boolean {
    if (this.#eligible(request).length > 0 || this.#usableSource(request) !== undefined) return false;
    const snapshot = this.#cluster.snapshot();
    return snapshot.some((status) => isSeen(status) && isBehindEpoch(status, snapshot));
  }

  /** They are looked at as soon as the epoch is heard of. Throws when the client has gone. */
  async #untilEpochIsHeard(request: ReadRequest): Promise<void> {
    const client = request.signal?.();
    if (client?.aborted) throw new RequestAbandonedError();
    await new Promise<void>((resolve) => {
      const settle = () => {
        cancel();
        end();
        client?.removeEventListener('abort', settle);
        resolve();
      };
      const cancel = this.#clock.after(epochHearingMs, settle);
      const end = this.#cluster.subscribe(() => this.#isBetweenEpochs(request) || settle());
      client?.addEventListener('abort', settle, { once: true });
    });
    if (client?.aborted) throw new RequestAbandonedError();
  }

  /**
   * A replica that is late stays so for longer than a read waits, and one without replication never tells how far it is; unless
   * there is nobody else to ask.
   */
  #worthWaitingFor(eligible: readonly NodeStatus[], { whenBehind }: ReadRequest): readonly NodeStatus[] {
    const alone = whenBehind === 'FAIL' || writableSource(this.#cluster.snapshot()) === undefined;
    return alone ? eligible : eligible.filter(({ isLate, report }) => !isLate && isFed(report));
  }

  #whyNoReplica(): RouteReason {
    const configured = this.#cluster.snapshot().some(({ node }) => node.configuredRole === 'REPLICA');
    return configured ? 'source-no-replica' : 'source-alone';
  }

  /** The session's position and the staleness bound as one position. */
  async #required({ position, maxStalenessMs }: ReadRequest): Promise<Position | null | typeof unknown> {
    if (maxStalenessMs === null) return position;
    const bound = await this.positionWithin(maxStalenessMs);
    if (bound === null) return unknown;
    return position === null ? bound : position.merge(bound);
  }

  /** A position of the source that is at most so old: whatever includes it is within the bound. `null` when nobody knows. */
  async positionWithin(maxStalenessMs: number): Promise<Position | null> {
    const source = writableSource(this.#cluster.snapshot())?.node.name ?? null;
    return this.#sourcePositions.within(maxStalenessMs, source).catch(() => null);
  }

  /** Resolves when one of the replicas has got there, or none will in time. Throws when the client has gone. */
  async #firstToReach(
    eligible: readonly NodeStatus[],
    required: Position,
    { waitMs, signal }: ReadRequest,
  ): Promise<void> {
    if (waitMs <= 0) return;
    const client = signal?.();
    const others = new AbortController();
    const ends = client === undefined ? others.signal : AbortSignal.any([others.signal, client]);
    const waits = eligible.map(async ({ node }) => {
      const outcome = await this.#cluster.tracker(node.name).waitFor(required, waitMs, ends);
      if (outcome !== 'REACHED') throw new Error(outcome);
    });
    await Promise.any(waits).catch(() => undefined);
    others.abort();
    if (client?.aborted) throw new RequestAbandonedError();
  }

  /** One watch per node is enough: it learns how far the node is, whatever position it waits for. */
  #pursue(eligible: readonly NodeStatus[], required: Position): void {
    for (const { node } of eligible) {
      if (this.#pursued.has(node.name)) continue;
      this.#pursued.add(node.name);
      const wait = this.#cluster.tracker(node.name).waitFor(required, pursuitMs);
      void wait.then(() => this.#pursued.delete(node.name));
    }
  }

  async #readSource(
    request: ReadRequest,
    required: Position | null,
    reason: RouteReason,
    waitedMs: number,
  ): Promise<Route> {
    const source = this.#usableSource(request);
    const allowed = request.whenBehind !== 'FAIL' || reason === 'source-alone';
    if (source !== undefined && allowed) {
      if (!sourceFallbacks.has(reason)) return this.#admit(source, reason, waitedMs);
      await this.#sourceBudget.enter();
      // It may have been lost while the request waited for room.
      const present = this.#usableSource(request);
      if (present !== undefined) {
        return this.#admit(present, reason, waitedMs, () => this.#sourceBudget.leave());
      }
      this.#sourceBudget.leave();
    }
    const snapshot = this.#cluster.snapshot();
    const remaining = (status: NodeStatus) =>
      isSeen(status) && isAble(status) && !request.excluded.has(status.node.name);
    const behind = replicas(snapshot).filter(remaining);
    if (behind.length > 0 || this.#usableSource(request) !== undefined) throw timeout(required, behind, waitedMs);
    if (this.#backupReads && request.backupAllowed === true) {
      const backup = pickBest(backups(snapshot).filter(remaining), this.#load, this.#random);
      if (backup !== undefined) return this.#admit(backup, 'backup-last-resort', waitedMs);
    }
    throw new LimitedFunctionalityError('No server can answer reads now', { facts: this.#describe() });
  }

  #usableSource({ excluded }: ReadRequest): NodeStatus | undefined {
    const source = writableSource(this.#cluster.snapshot());
    return source === undefined || !isAble(source) || excluded.has(source.node.name) ? undefined : source;
  }

  /** Counts the operation as running on its node from now on. */
  #admit({ node, role }: NodeStatus, reason: RouteReason, waitedMs = 0, onEnd = () => {}): Route {
    const endLoad = this.#load.begin(node.name);
    const end = () => {
      if (endLoad()) onEnd();
    };
    return { decision: { node: node.name, role, reason, waitedMs }, end };
  }

  /** What the monitor sees of the source anyway is what a bound can be judged by later. */
  #learnSourcePosition(snapshot: ClusterSnapshot): void {
    const source = writableSource(snapshot);
    if (source?.report == null || source.asOfMs === null) return;
    this.#sourcePositions.note(source.node.name, source.report.position, source.asOfMs);
  }

  #source(): NodeStatus {
    const source = writableSource(this.#cluster.snapshot());
    if (source !== undefined && isAble(source)) return source;
    const why = source === undefined ? 'cannot be reached' : 'cannot serve as it is set up';
    throw new SourceUnavailableError(`The source ${why}`, { facts: this.#describe() });
  }

  #describe(): { nodes: readonly string[]; retryAfterMs: number } {
    return { nodes: this.#cluster.snapshot().map(describeStatus), retryAfterMs };
  }
}

/** A position of a node is compared, now or by a later read. */
function asksPositions({ position, maxStalenessMs, observes = false }: ReadRequest): boolean {
  return position !== null || maxStalenessMs !== null || observes;
}

function timeout(wanted: Position | null, behind: readonly NodeStatus[], waitedMs: number): ConsistencyTimeoutError {
  let furthest: Position | null = null;
  for (const { position } of behind) {
    if (position !== null && (furthest === null || position.includes(furthest))) furthest = position;
  }
  return new ConsistencyTimeoutError({ wanted, current: furthest, waitedMs: Math.round(waitedMs) });
}

/** What it lacks comes by itself: it replicates, or is one of a group's primaries. */
function isFed(report: NodeStatus['report']): boolean {
  return report?.applier !== 'NONE' || report.member === 'ONLINE';
}
