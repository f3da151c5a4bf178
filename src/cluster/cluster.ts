/**
 * Who is there, how far, how well: keeps the snapshot true by probing every node, and tells whoever subscribed.
 * Nothing in a request waits for a probe; a request may wait for a position through a node's tracker.
 */
import { KnownWriters } from '../consistency/known-writers.ts';
import type { Position } from '../consistency/position.ts';
import { foundUntold } from './blind-nodes.ts';
import { ClusterEvents } from './cluster-events.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { type ClusterSnapshot, isSeen } from './cluster-snapshot.ts';
import { concludeFrom, isEventful } from './conclusions.ts';
import { eventsBetween } from './events-between.ts';
import { afterSilence, inDoubt } from './health.ts';
import { afterHearsay } from './hearsay.ts';
import type { Node } from './node.ts';
import { type NodeStatus, unseen, withPosition } from './node-status.ts';
import type { PositionTracker } from './position-tracker.ts';
import { SourceJudge } from './source-judge.ts';
import { type WatchedNode, watchNode } from './watched-node.ts';

/** Requests that are refused for one reason come in crowds. */
const lookAgainSpacingMs = 100;
/** Nobody waits longer than this to hear whether a node is there. */
const longestDoubtMs = 2000;

export class Cluster {
  /** What happens to the cluster. Other parts publish theirs here, too. */
  readonly events: ClusterEvents;
  /** Whether what clients have seen is part of the source's history. */
  readonly judge: SourceJudge;
  readonly #options: ClusterOptions;
  readonly #members = new Map<string, WatchedNode>();
  readonly #statuses = new Map<string, NodeStatus>();
  readonly #listeners = new Set<(snapshot: ClusterSnapshot) => void>();
  #snapshot: ClusterSnapshot;
  #writers = KnownWriters.none;
  #lookedAgainMs = Number.NEGATIVE_INFINITY;

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
   * Looks once at every node and goes on looking. Resolves when each has answered or timed out; those that others know to
   * be down are looked at last, and waited for only when nobody else answers. Never rejects.
   */
  async start(): Promise<void> {
    const starting = (down: boolean) =>
      [...this.#members].flatMap(([name, { monitor }]) =>
        (this.#status(name).state === 'DOWN') === down
          ? Promise.race([monitor.start(), down ? never : this.#untilDown(name)])
          : [],
      );
    const looks = { first: starting(false), last: starting(true) };
    await Promise.all(looks.first);
    const answers = this.#snapshot.some((status) => isSeen(status) && status.role !== 'BACKUP');
    if (!answers) await Promise.all(looks.last);
  }

  async stop(): Promise<void> {
    for (const { tracker } of this.#members.values()) tracker.close();
    await Promise.all([...this.#members.values()].map(({ monitor }) => monitor.stop()));
    await Promise.all([...this.#members.values()].map(({ probe }) => probe.close()));
  }

  snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  tracker(nodeName: string): PositionTracker {
    return this.#member(nodeName).tracker;
  }

  /** A connection to the node was lost. Whether it is still there is looked at now. */
  connectionLost(nodeName: string, trouble: string): void {
    const nowMs = this.#options.clock.monotonic();
    this.#change(nodeName, (status) => inDoubt(status, trouble, nowMs));
    this.#member(nodeName).monitor.nudge();
  }

  /** What runs on the node gets no answer: nobody else should be sent there before it was seen again. */
  silent(nodeName: string, trouble: string): void {
    this.#change(nodeName, (status) => afterSilence(status, trouble));
    this.#member(nodeName).monitor.nudge();
  }

  /** Resolves when it is known whether a node is there, to a connection of which something has happened: true when it is. */
  async settled(nodeName: string): Promise<boolean> {
    const isOpen = () => this.#status(nodeName).doubt !== null;
    if (isOpen()) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(longestDoubtMs, () => settle());
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

  /** What is known of the servers has turned out to be wrong: looks at all of them now, unless it was done just now. */
  lookAgain(): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#lookedAgainMs < lookAgainSpacingMs) return;
    this.#lookedAgainMs = nowMs;
    for (const { monitor } of this.#members.values()) monitor.nudge();
  }

  /** Whether a position can be used. One that shows a promotion which is not known yet cannot; then the servers are looked at. */
  believes(position: Position): boolean {
    if (this.#writers.explain(position)) return true;
    this.lookAgain();
    return false;
  }

  /** Whether the node answers anything at all in time. */
  isThere(nodeName: string, timeoutMs: number): Promise<boolean> {
    return this.#member(nodeName).probe.isThere(timeoutMs);
  }

  /** A write was committed on the node that no position tells of: none is to be believed before it was looked at again. */
  untold(nodeName: string, why: 'UNNUMBERED' | 'UNLOGGED'): void {
    this.#change(nodeName, (status) => foundUntold(status, why));
    this.lookNow(nodeName);
  }

  /** Others may say so while it is looked at for the first time. */
  #untilDown(nodeName: string): Promise<void> {
    return new Promise((resolve) => {
      const end = this.subscribe(() => {
        if (this.#status(nodeName).state !== 'DOWN') return;
        end();
        resolve();
      });
    });
  }

  /** Another process has seen the node down: looks at once, and believes it until then. */
  suspect(nodeName: string, trouble: string): void {
    this.#change(nodeName, (status) => afterHearsay(status, trouble, this.#options.health));
    this.lookNow(nodeName);
  }

  /** A read met an error there that says something of the server, or gets no answer: whether it can serve is found out now. */
  doubtServing(nodeName: string): void {
    this.#member(nodeName).probe.doubtServing?.();
    this.lookNow(nodeName);
  }

  /** Looks at the node now instead of at the next interval. */
  lookNow(nodeName: string): void {
    this.#member(nodeName).monitor.nudge();
  }

  /** Why a new epoch could not be recorded on a node; `null` when it was. */
  noteEpochTrouble(nodeName: string, trouble: string | null): void {
    this.#change(nodeName, (status) =>
      (status.epochTrouble ?? null) === trouble ? status : { ...status, epochTrouble: trouble },
    );
  }

  /** Calls `listener` with each new snapshot. The returned function ends it. */
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
      probeNow: () => this.lookNow(node.name),
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
    if (eventful) this.judge.look(snapshot);
    for (const listener of this.#listeners) this.#tell(listener, snapshot);
    const { minServingReplicas: floor } = this.#options.health;
    if (eventful) for (const happening of eventsBetween(earlier, snapshot, floor)) this.events.publish(happening);
    for (const name of probe) this.lookNow(name);
  }

  /** A listener that throws must neither end the watch nor look like a failed probe. */
  #tell(listener: (snapshot: ClusterSnapshot) => void, snapshot: ClusterSnapshot): void {
    try {
      listener(snapshot);
    } catch (error) {
      this.#options.log.error({ err: error }, 'a listener to the cluster broke');
    }
  }

  #status(nodeName: string): NodeStatus {
    const status = this.#statuses.get(nodeName);
    if (status === undefined) throw new Error(`No node is called ${nodeName}`);
    return status;
  }

  #member(nodeName: string): WatchedNode {
    const member = this.#members.get(nodeName);
    if (member === undefined) throw new Error(`No node is called ${nodeName}`);
    return member;
  }
}

const never = new Promise<void>(() => undefined);
