import type { Position } from '../consistency/position.ts';
import { errorMessage } from '../platform/error-message.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import { afterFailedProbe, afterGoodProbe, afterRefusals, breakerOf, isInTrouble } from './health.ts';
import type { Node } from './node.ts';
import { NodeMonitor } from './node-monitor.ts';
import type { NodeProbe } from './node-probe.ts';
import type { NodeStatus } from './node-status.ts';
import { PositionTracker } from './position-tracker.ts';
import { isBehindEpoch } from './present-epoch.ts';
import { ReadTrials } from './read-trials.ts';
import { channelsOf } from './standings.ts';
import { writabilityAfter } from './writability.ts';

/** What watches one node: its probe, what calls the probe, what learns its position for requests that wait, and what tries it again. */
export type WatchedNode = {
  readonly probe: NodeProbe;
  readonly monitor: NodeMonitor;
  readonly tracker: PositionTracker;
  /** Of the reads that it refuses. */
  readonly trials: ReadTrials;
};

/** Where what is found out about the node is kept. */
export type NodeRecord = {
  readonly status: () => NodeStatus;
  readonly snapshot: () => ClusterSnapshot;
  readonly change: (change: (before: NodeStatus) => NodeStatus) => void;
  readonly connectionLost: (trouble: string) => void;
  readonly probeNow: () => void;
  readonly reached: (position: Position) => void;
};

export function watchNode(node: Node, options: ClusterOptions, record: NodeRecord): WatchedNode {
  const { clock, ownClock = clock, random, health, monitor: pace, tracker: waits, stretch = () => 1 } = options;
  const { status, snapshot, change } = record;
  const probe = options.probes(node, { connectionLost: record.connectionLost, changed: record.probeNow });
  const monitor = new NodeMonitor({
    probe,
    clock,
    random,
    ...pace,
    stretch,
    isInTrouble: () => isInTrouble(status()) || isBehindEpoch(status(), snapshot()),
    isReturning: () => breakerOf(status()) === 'HALF_OPEN',
    onReport: (report, asOfMs) => {
      const reportedMs = clock.monotonic();
      change((before) => {
        const writability = writabilityAfter(before, report, channelsOf(report), reportedMs);
        return { ...afterGoodProbe(before, report, asOfMs, health, snapshot()), reportedMs, writability };
      });
    },
    onFailure: (error) => change((before) => afterFailedProbe(before, errorMessage(error), health)),
  });
  const tracker = new PositionTracker({
    probe,
    clock,
    ownClock,
    ...waits,
    readTimeoutMs: pace.timeoutMs,
    role: () => status().role,
    known: () => status().position,
    onReached: record.reached,
  });
  const trials = new ReadTrials(clock, (refusing) => {
    change((before) => afterRefusals(before, refusing));
    record.probeNow();
  });
  return { probe, monitor, tracker, trials };
}
