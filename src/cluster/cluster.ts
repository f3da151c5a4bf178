/**
 * Who is there, how far, how well: keeps the snapshot true by probing every node, and tells whoever subscribed.
 * Nothing in a request waits for a probe; a request may wait for a position through a node's tracker.
 */
import { KnownWriters } from '../consistency/known-writers.ts';
import type { Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { foundUntold, judgeBlind } from './blind-nodes.ts';
import { ClusterEvents } from './cluster-events.ts';
import { type ClusterSnapshot, isSeen, withSourceRemembered } from './cluster-snapshot.ts';
import { judgeErrant } from './errant-nodes.ts';
import { eventsBetween } from './events-between.ts';
import {
  afterFailedProbe,
  afterGoodProbe,
  afterSilence,
  breakerOf,
  type HealthPolicy,
  inDoubt,
  isInTrouble,
} from './health.ts';
import { afterHearsay } from './hearsay.ts';
import type { Node } from './node.ts';
import { NodeMonitor } from './node-monitor.ts';
import type { NodeProbe, NodeProbeFactory } from './node-probe.ts';
import { type NodeStatus, unseen, withPosition } from './node-status.ts';
import { PositionTracker } from './position-tracker.ts';
import { isBehindEpoch, presentEpoch } from './present-epoch.ts';
import { type GoneBack, SourceJudge } from './source-judge.ts';
import { channelsOf, withRoles } from './standings.ts';
import { writabilityAfter } from './writability.ts';

export type ClusterOptions = {
  readonly nodes: readonly Node[];
  readonly probes: NodeProbeFactory;
  /** Of the kinds of servers that there may be. */
  readonly positions: PositionCodec;
  readonly clock: Clock;
  /** Counts only time in which this process could run; `clock` unless told. */
  readonly ownClock?: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly health: HealthPolicy;
  /** `off`: a node that is well is looked at when it starts and when a connection to it is lost, and else not. */
  readonly monitor: {
    readonly intervalMs: number | 'off';
    readonly downIntervalMs: number;
    readonly timeoutMs: number;
  };
  /** How many times as long as usual a look may take now; once unless told. */
  readonly stretch?: () => number;
  readonly tracker: { readonly sliceMs: number; readonly maxWaiters: number };
  /** The source has less than it had. */
  readonly onGoneBack?: (happening: GoneBack) => void;
};

type Member = { readonly probe: NodeProbe; readonly monitor: NodeMonitor; readonly tracker: PositionTracker };

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
  readonly #members = new Map<string, Member>();
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
      this.#members.set(node.name, this.#join(node));
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

  #join(node: Node): Member {
    const { clock, ownClock = clock, random, health, monitor: pace, tracker: waits, stretch = () => 1 } = this.#options;
    const status = () => this.#status(node.name);
    const probe = this.#options.probes(node, {
      connectionLost: (trouble) => this.connectionLost(node.name, trouble),
      changed: () => this.lookNow(node.name),
    });
    const monitor = new NodeMonitor({
      probe,
      clock,
      random,
      ...pace,
      stretch,
      isInTrouble: () => isInTrouble(status()) || isBehindEpoch(status(), this.#snapshot),
      isReturning: () => breakerOf(status()) === 'HALF_OPEN',
      onReport: (report, asOfMs) => {
        const reportedMs = clock.monotonic();
        this.#change(node.name, (before) => {
          const writability = writabilityAfter(before, report, channelsOf(report), reportedMs);
          return { ...afterGoodProbe(before, report, asOfMs, health, this.#snapshot), reportedMs, writability };
        });
      },
      onFailure: (error) => this.#change(node.name, (before) => afterFailedProbe(before, inWords(error), health)),
    });
    const tracker = new PositionTracker({
      probe,
      clock,
      ownClock,
      ...waits,
      readTimeoutMs: pace.timeoutMs,
      role: () => status().role,
      known: () => status().position,
      onReached: (position) => this.#reached(node.name, position),
    });
    return { probe, monitor, tracker };
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
    this.#snapshot = [...this.#statuses.values()];
    // Positions grow with every request, and are no event.
    const isEventful =
      before.state !== after.state || before.report !== after.report || before.failures !== after.failures;
    const look = isEventful ? [...this.#remember(nodeName), ...this.#lackingEpoch(earlier)] : [];
    const snapshot = this.#snapshot;
    if (isEventful) this.judge.look(snapshot);
    for (const listener of this.#listeners) this.#tell(listener, snapshot);
    const { minServingReplicas: floor } = this.#options.health;
    if (isEventful) for (const happening of eventsBetween(earlier, snapshot, floor)) this.events.publish(happening);
    for (const name of look) this.lookNow(name);
  }

  /** What follows from all of them together. Answers whom to look at now: their part has changed, or is in doubt. */
  #remember(changed: string): readonly string[] {
    const roles = withRoles(this.#snapshot);
    const judgement = judgeErrant(withSourceRemembered(roles.snapshot));
    this.#snapshot = judgeBlind(judgement.snapshot);
    for (const status of this.#snapshot) this.#statuses.set(status.node.name, status);
    return [...judgement.look, ...roles.changed.filter((name) => name !== changed)];
  }

  /** When an epoch is heard of: those that have perhaps received it as well. */
  #lackingEpoch(earlier: ClusterSnapshot): readonly string[] {
    if (presentEpoch(this.#snapshot) === presentEpoch(earlier)) return [];
    return this.#snapshot.filter((one) => isBehindEpoch(one, this.#snapshot)).map(({ node }) => node.name);
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

  #member(nodeName: string): Member {
    const member = this.#members.get(nodeName);
    if (member === undefined) throw new Error(`No node is called ${nodeName}`);
    return member;
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const never = new Promise<void>(() => undefined);
