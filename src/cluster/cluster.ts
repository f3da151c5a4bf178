/**
 * Keeps the snapshot of all servers current by probing every node, and notifies subscribers. No request waits for a probe; a request may
 * wait for a position through a node's tracker.
 */
import { KnownWriters } from '../consistency/known-writers.ts';
import type { Position } from '../consistency/position.ts';
import { foundUntold } from './blind-nodes.ts';
import { ClusterEvents } from './cluster-events.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { type ClusterSnapshot, isSeen } from './cluster-snapshot.ts';
import { concludeFrom, isEventful } from './conclusions.ts';
import { type EpochTrouble, isSameTrouble } from './epoch-trouble.ts';
import { eventsBetween } from './events-between.ts';
import { afterSilence, inDoubt } from './health.ts';
import { afterHearsay } from './hearsay.ts';
import type { Node } from './node.ts';
import { type NodeStatus, unseen, withPosition } from './node-status.ts';
import type { PositionTracker } from './position-tracker.ts';
import type { ReadRefusal } from './read-refusals.ts';
import type { ReadTrial } from './read-trials.ts';
import { SourceJudge } from './source-judge.ts';
import { type WatchedNode, watchNode } from './watched-node.ts';

/** Requests refused for one reason come in crowds. */
const probeAgainSpacingMs = 100;
/** Maximum wait to learn whether a node is there. */
const maxDoubtMs = 2000;

export class Cluster {
  /** Cluster events. Other parts publish theirs here, too. */
  readonly events: ClusterEvents;
  /** Whether what clients have seen is part of the source's history. */
  readonly judge: SourceJudge;
  readonly #options: ClusterOptions;
  readonly #members = new Map<string, WatchedNode>();
  readonly #statuses = new Map<string, NodeStatus>();
  readonly #listeners = new Set<(snapshot: ClusterSnapshot) => void>();
  #snapshot: ClusterSnapshot;
  #writers = KnownWriters.none;
  #probedAgainMs = Number.NEGATIVE_INFINITY;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.events = new ClusterEvents(options);
    this.judge = new SourceJudge({
      positions: options.positions,
      clock: options.clock,
      snapshot: () => this.#snapshot,
      readHistory: (nodeName) => {
        const { monitor, stretch = () => 1 } = options;
        return this.#member(nodeName).probe.readHistory(monitor.timeoutMs * stretch());
      },
      settled: (nodeName) => this.settled(nodeName),
      believes: (position) => this.believes(position),
      onGoneBack: (happening) => options.onGoneBack?.(happening),
    });
    for (const node of options.nodes) {
      this.#statuses.set(node.name, unseen(node));
      this.#members.set(node.name, this.#watch(node));
    }
    this.#snapshot = [...this.#statuses.values()];
  }

  /**
   * Probes every node once and keeps probing. Resolves when each has answered or timed out; those that other processes report as down are
   * probed last, and waited for only if no other answers. Never rejects.
   */
  async start(): Promise<void> {
    const starting = (down: boolean) =>
      [...this.#members].flatMap(([name, { monitor }]) =>
        (this.#status(name).state === 'DOWN') === down
          ? Promise.race([monitor.start(), down ? never : this.#untilDown(name)])
          : [],
      );
    const probes = { first: starting(false), last: starting(true) };
    await Promise.all(probes.first);
    const answers = this.#snapshot.some((status) => isSeen(status) && status.role !== 'BACKUP');
    if (!answers) await Promise.all(probes.last);
  }

  async stop(): Promise<void> {
    for (const { tracker, trials } of this.#members.values()) {
      tracker.close();
      trials.close();
    }
    await Promise.all([...this.#members.values()].map(({ monitor }) => monitor.stop()));
    await Promise.all([...this.#members.values()].map(({ probe }) => probe.close()));
  }

  snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  tracker(nodeName: string): PositionTracker {
    return this.#member(nodeName).tracker;
  }

  /** A connection to the node was lost. Probes now whether the node is still there. */
  connectionLost(nodeName: string, trouble: string): void {
    const nowMs = this.#options.clock.monotonic();
    this.#change(nodeName, (status) => inDoubt(status, trouble, nowMs));
    this.#member(nodeName).monitor.nudge();
  }

  /** Work on the node gets no answer: no further work should be sent there before it was probed again. */
  silent(nodeName: string, trouble: string): void {
    this.#change(nodeName, (status) => afterSilence(status, trouble));
    this.#member(nodeName).monitor.nudge();
  }

  /** For a connection on which something has happened: resolves when it is known whether the node is there. */
  async settled(nodeName: string): Promise<boolean> {
    const isOpen = () => this.#status(nodeName).doubt !== null;
    if (isOpen()) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(maxDoubtMs, () => settle());
        const end = this.subscribe(() => isOpen() || settle());
        const settle = () => {
          cancel();
          end();
          resolve();
        };
      });
    }
    return isSeen(this.#status(nodeName));
  }

  /** Knowledge about the servers has turned out to be wrong: probes all of them now, unless that was just done. */
  probeAgain(): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#probedAgainMs < probeAgainSpacingMs) return;
    this.#probedAgainMs = nowMs;
    for (const { monitor } of this.#members.values()) monitor.nudge();
  }

  /** Whether a position can be used. One that reveals an unknown promotion cannot; the servers are then probed. */
  believes(position: Position): boolean {
    if (this.#writers.explain(position)) return true;
    this.probeAgain();
    return false;
  }

  /** Whether the node answers at all in time. */
  isThere(nodeName: string, timeoutMs: number): Promise<boolean> {
    return this.#member(nodeName).probe.isThere(timeoutMs);
  }

  /** A write without a position was committed on the node: no position is trusted before it was probed again. */
  untold(nodeName: string, why: 'UNNUMBERED' | 'UNLOGGED'): void {
    this.#change(nodeName, (status) => foundUntold(status, why));
    this.probeNow(nodeName);
  }

  /** Other processes may report it during the first probe. */
  #untilDown(nodeName: string): Promise<void> {
    return new Promise((resolve) => {
      const end = this.subscribe(() => {
        if (this.#status(nodeName).state !== 'DOWN') return;
        end();
        resolve();
      });
    });
  }

  /** Another process has seen the node down: probes at once, and trusts the report until then. */
  suspect(nodeName: string, trouble: string): void {
    this.#change(nodeName, (status) => afterHearsay(status, trouble, this.#options.health));
    this.probeNow(nodeName);
  }

  /** A read met an error that concerns the server, or gets no answer: probes now whether it can serve. */
  doubtServing(nodeName: string): void {
    this.#member(nodeName).probe.doubtServing?.();
    this.probeNow(nodeName);
  }

  /** The node refused a read for a reason of its own. `trial` sends the same read there again. */
  readRefused(nodeName: string, refusal: ReadRefusal, trial: ReadTrial): void {
    this.#member(nodeName).trials.refused(refusal, trial);
  }

  /** Probes the node now instead of at the next interval. */
  probeNow(nodeName: string): void {
    this.#member(nodeName).monitor.nudge();
  }

  /** Why a new epoch could not be recorded on a node; `null` if it was. */
  noteEpochTrouble(nodeName: string, trouble: EpochTrouble | null): void {
    this.#change(nodeName, (status) =>
      isSameTrouble(status.epochTrouble ?? null, trouble) ? status : { ...status, epochTrouble: trouble },
    );
  }

  /** Calls `listener` with each new snapshot. The returned function unsubscribes. */
  subscribe(listener: (snapshot: ClusterSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #watch(node: Node): WatchedNode {
    return watchNode(node, this.#options, {
      status: () => this.#status(node.name),
      snapshot: () => this.#snapshot,
      change: (change) => this.#change(node.name, change),
      connectionLost: (trouble) => this.connectionLost(node.name, trouble),
      probeNow: () => this.probeNow(node.name),
      reached: (position) => this.#reached(node.name, position),
    });
  }

  #reached(nodeName: string, position: Position): void {
    const known = this.believes(position) ? position : this.#writers.knownPart(position);
    if (known !== position && known.isEmpty()) return;
    // Only the monitor declares a node seen; a position read just before the connection was lost must not come back.
    const isDoubtful = ({ state, doubt }: NodeStatus) => state === 'DOWN' || doubt !== null;
    this.#change(nodeName, (status) => (isDoubtful(status) ? status : withPosition(status, known)));
  }

  #change(nodeName: string, change: (before: NodeStatus) => NodeStatus): void {
    const before = this.#status(nodeName);
    const after = change(before);
    if (after === before) return;
    const { report } = after;
    if (report !== null && report !== before.report && after.role !== 'BACKUP')
      this.#writers = this.#writers.heard(report.position, report.epochs);
    this.#statuses.set(nodeName, after);
    const earlier = this.#snapshot;
    const statuses = [...this.#statuses.values()];
    const eventful = isEventful(before, after);
    const { snapshot, probe } = eventful
      ? concludeFrom(statuses, { changed: nodeName, earlier })
      : { snapshot: statuses, probe: [] };
    this.#snapshot = snapshot;
    for (const status of snapshot) this.#statuses.set(status.node.name, status);
    if (eventful) this.judge.observe(snapshot);
    for (const listener of this.#listeners) this.#tell(listener, snapshot);
    const { minServingReplicas: floor } = this.#options.health;
    if (eventful) for (const happening of eventsBetween(earlier, snapshot, floor)) this.events.publish(happening);
    for (const name of probe) this.probeNow(name);
  }

  /** A listener that throws must neither stop the monitor nor look like a failed probe. */
  #tell(listener: (snapshot: ClusterSnapshot) => void, snapshot: ClusterSnapshot): void {
    try {
      listener(snapshot);
    } catch (error) {
      this.#options.log.error({ err: error }, 'cluster listener threw');
    }
  }

  #status(nodeName: string): NodeStatus {
    const status = this.#statuses.get(nodeName);
    if (status === undefined) throw new Error(`There is no node ${nodeName}`);
    return status;
  }

  #member(nodeName: string): WatchedNode {
    const member = this.#members.get(nodeName);
    if (member === undefined) throw new Error(`There is no node ${nodeName}`);
    return member;
  }
}

const never = new Promise<void>(() => undefined);
