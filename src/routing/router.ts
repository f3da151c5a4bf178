/**
 * Which node serves this operation, and why.
 *
 *   write              the source, or SOURCE_UNAVAILABLE
 *   read               a fresh replica, the best one
 *   none is fresh      WAIT    the first replica to reach the position within waitMs, otherwise the source
 *                      BYPASS  the source at once, while the trackers poll for the position in the background
 *                      FAIL    the first replica to reach the position within waitMs, otherwise CONSISTENCY_TIMEOUT
 *   none is eligible   the source (FAIL: CONSISTENCY_TIMEOUT; if no replica is configured, the source all the same)
 *   session unknown    the source (FAIL: CONSISTENCY_TIMEOUT)
 *   positions are blind  a read with any requirement never goes to a replica whose positions carry no information; if those of
 *                      the source carry none, it goes to the source (FAIL: CONSISTENCY_TIMEOUT)
 *   an epoch has begun   a read with any requirement never goes to a replica that does not know it yet (present-epoch.ts). If
 *                      that leaves no node, not even a source, the read waits for the servers that are being probed
 *   the source refuses reads   BYPASS waits as WAIT does, and a strong read may be served by a replica that includes all that the
 *                      source has at this moment; the source is asked when none gets there in time
 *   no source either   CONSISTENCY_TIMEOUT while a replica is up but behind
 *   no node at all     the backup for a read without a past, if allowed; otherwise LIMITED_FUNCTIONALITY
 *
 * A staleness bound that cannot be checked, because the source does not answer, is only met by the source.
 * Reads that fall back to the source have a limit, so that replicas that are late together cannot overwhelm the writes: beyond
 * it a read waits briefly for a slot, and without one fails with SOURCE_READS_EXHAUSTED. The backup is a mirror that may lag by
 * any length of time and has no positions: its answers carry no token.
 */
import type { Cluster } from '../cluster/cluster.ts';
import { type ClusterSnapshot, describeStatus, isAble, isBlind, writableSource } from '../cluster/cluster-snapshot.ts';
import type { HealthPolicy } from '../cluster/health.ts';
import type { NodeStatus } from '../cluster/node-status.ts';
import { ConsistencyTimeoutError } from '../consistency/errors.ts';
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import { LimitedFunctionalityError, retryAfterMs, SourceUnavailableError } from './errors.ts';
import { NodeLoad } from './node-load.ts';
import {
  answeringBackups,
  answeringReplicas,
  aroundRefusingSource,
  asksPositions,
  candidates,
  isBetweenEpochs,
  refusesReads,
  usableSource,
  whyNoReplica,
  worthWaitingFor,
} from './read-candidates.ts';
import { ReplicaWaits } from './replica-waits.ts';
import { type Route, type RouteReason, sourceFallbacks } from './route-decision.ts';
import type { RoutedRead } from './route-request.ts';
import { eligibleReplicas, freshReplicas, pickBest } from './select-node.ts';
import { SourceBudget } from './source-budget.ts';
import { SourcePositions } from './source-positions.ts';

/** With this many operations in flight on a node, sharing a probe saves more than waiting for it costs. */
const crowd = 3;

const noNodes: ReadonlySet<string> = new Set();

/** How long a read waits for a slot on the source, in milliseconds. */
const sourceRoomMs = 100;

/** The position that corresponds to a staleness bound could not be determined. */
const unknown = Symbol('unknown');

export type RouterOptions = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Counts only time in which this process could run. Default: `clock`. */
  readonly ownClock?: Clock;
  readonly random: () => number;
  readonly sourceReadsLimit: number;
  readonly health: Pick<HealthPolicy, 'minServingReplicas'>;
  /** Whether the backup may serve reads if no other node can. Default: it may. */
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
  readonly #waits: ReplicaWaits;

  constructor(options: RouterOptions) {
    this.#cluster = options.cluster;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#waits = new ReplicaWaits(options);
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
   * A position of the node that includes everything that finished reads there may have seen. If other operations are in flight
   * there too, the request for it is shared with them.
   */
  observe(nodeName: string): Promise<Position> {
    return this.#cluster.tracker(nodeName).observe({ patient: this.#load.of(nodeName) >= crowd });
  }

  /** Name of the server that accepts writes now. Throws `SourceUnavailableError`. */
  source(): string {
    return this.#source().node.name;
  }

  routeWrite(): Route {
    return this.#admit(this.#source(), 'write-operation');
  }

  /**
   * A write was committed: its client's next read will require this position. If few operations are in flight, the replicas are
   * watched for it at once, so that the read need not wait for a probe; with many in flight, reads share probes anyway.
   */
  expectReadsOf(position: Position): void {
    const snapshot = this.#snapshot;
    const source = writableSource(snapshot);
    if (source === undefined || this.#load.of(source.node.name) >= crowd) return;
    const eligible = eligibleReplicas(snapshot, noNodes);
    this.#waits.pursue(
      eligible.filter(({ blind }) => blind === null),
      position,
    );
  }

  async routeRead(request: RoutedRead): Promise<Route> {
    if (request.sourceOnly === 'strong-read') {
      const around = aroundRefusingSource(this.#snapshot, request);
      return around === null ? this.#admit(this.#source(), request.sourceOnly) : this.routeRead(around);
    }
    if (request.sourceOnly !== null) return this.#readSource(request, null, request.sourceOnly, 0);
    if (asksPositions(request) && isBlind(this.#snapshot)) {
      return this.#readSource(request, null, 'position-unknown', 0);
    }
    const startedMs = this.#clock.monotonic();
    const waitedMs = () => this.#clock.monotonic() - startedMs;
    if (this.#candidates(request).length === 0) {
      const isBetween = (snapshot: ClusterSnapshot) => isBetweenEpochs(snapshot, request, this.#minServingReplicas);
      if (isBetween(this.#snapshot)) await this.#waits.whileBetweenEpochs(request, isBetween);
      if (this.#candidates(request).length === 0) {
        return this.#readSource(request, request.position, whyNoReplica(this.#snapshot), waitedMs());
      }
    }
    const required = await this.#required(request);
    if (required === unknown) return this.#readSource(request, request.position, 'source-after-wait', waitedMs());
    const eligible = this.#candidates(request);
    const fresh = pickBest(freshReplicas(eligible, required), this.#load, this.#random);
    if (fresh !== undefined) return this.#admit(fresh, required === null ? 'any-replica' : 'replica-caught-up');
    if (required === null || eligible.length === 0) {
      return this.#readSource(request, required, whyNoReplica(this.#snapshot), 0);
    }
    if (request.whenBehind === 'BYPASS' && !refusesReads(this.#snapshot)) {
      this.#waits.pursue(eligible, required);
      return this.#readSource(request, required, 'source-bypass', 0);
    }
    const awaited = worthWaitingFor(this.#snapshot, eligible, request);
    if (awaited.length === 0) return this.#readSource(request, required, whyNoReplica(this.#snapshot), 0);
    await this.#waits.firstToReach(awaited, required, request);
    // The node that reached it may have been lost at the same moment, and another may be better.
    const reached = pickBest(freshReplicas(this.#candidates(request), required), this.#load, this.#random);
    if (reached !== undefined) return this.#admit(reached, 'replica-after-wait', waitedMs());
    return this.#readSource(request, required, 'source-after-wait', waitedMs());
  }

  get #snapshot(): ClusterSnapshot {
    return this.#cluster.snapshot();
  }

  #candidates(request: RoutedRead): readonly NodeStatus[] {
    return candidates(this.#snapshot, request, this.#minServingReplicas);
  }

  /** The session's position and the staleness bound as one position. */
  async #required({ position, maxStalenessMs }: RoutedRead): Promise<Position | null | typeof unknown> {
    if (maxStalenessMs === null) return position;
    const bound = await this.positionWithin(maxStalenessMs);
    if (bound === null) return unknown;
    return position === null ? bound : position.merge(bound);
  }

  /** A position of the source that is at most this old: whatever includes it is within the bound. `null` if unknown. */
  async positionWithin(maxStalenessMs: number): Promise<Position | null> {
    const source = writableSource(this.#snapshot)?.node.name ?? null;
    return this.#sourcePositions.within(maxStalenessMs, source).catch(() => null);
  }

  async #readSource(
    request: RoutedRead,
    required: Position | null,
    reason: RouteReason,
    waitedMs: number,
  ): Promise<Route> {
    const source = usableSource(this.#snapshot, request);
    const allowed = request.whenBehind !== 'FAIL' || reason === 'source-alone';
    if (source !== undefined && allowed) {
      if (!sourceFallbacks.has(reason)) return this.#admit(source, reason, waitedMs);
      await this.#sourceBudget.enter();
      // It may have been lost while the request waited for a slot.
      const present = usableSource(this.#snapshot, request);
      if (present !== undefined) {
        return this.#admit(present, reason, waitedMs, () => this.#sourceBudget.leave());
      }
      this.#sourceBudget.leave();
    }
    const snapshot = this.#snapshot;
    const behind = answeringReplicas(snapshot, request);
    if (behind.length > 0 || usableSource(this.#snapshot, request) !== undefined)
      throw timeout(required, behind, waitedMs);
    if (this.#backupReads && request.backupAllowed) {
      const backup = pickBest(answeringBackups(snapshot, request), this.#load, this.#random);
      if (backup !== undefined) return this.#admit(backup, 'backup-last-resort', waitedMs);
    }
    throw new LimitedFunctionalityError('No server can answer reads now', { facts: this.#describe() });
  }

  /** Counts the operation as running on its node from now on. */
  #admit({ node, role }: NodeStatus, reason: RouteReason, waitedMs = 0, onEnd = () => {}): Route {
    const endLoad = this.#load.begin(node.name);
    const end = () => {
      if (endLoad()) onEnd();
    };
    return { decision: { node: node.name, role, reason, waitedMs }, end };
  }

  /** The monitor's probes of the source also provide the positions by which later bounds are judged. */
  #learnSourcePosition(snapshot: ClusterSnapshot): void {
    const source = writableSource(snapshot);
    if (source?.report == null || source.asOfMs === null) return;
    this.#sourcePositions.note(source.node.name, source.report.position, source.asOfMs);
  }

  #source(): NodeStatus {
    const source = writableSource(this.#snapshot);
    if (source !== undefined && isAble(source)) return source;
    const why = source === undefined ? 'cannot be reached' : 'cannot serve with its current settings';
    throw new SourceUnavailableError(`The source ${why}`, { facts: this.#describe() });
  }

  #describe(): { nodes: readonly string[]; retryAfterMs: number } {
    return { nodes: this.#snapshot.map(describeStatus), retryAfterMs };
  }
}

function timeout(wanted: Position | null, behind: readonly NodeStatus[], waitedMs: number): ConsistencyTimeoutError {
  let furthest: Position | null = null;
  for (const { position } of behind) {
    if (position !== null && (furthest === null || position.includes(furthest))) furthest = position;
  }
  return new ConsistencyTimeoutError({ wanted, current: furthest, waitedMs: Math.round(waitedMs) });
}
