import type { Cluster } from '../../cluster/cluster.ts';
import { canServe, statusOf } from '../../cluster/cluster-snapshot.ts';
import { unvouchedMs } from '../../cluster/vouched-for.ts';
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';

const promotionLookMs = { every: 10, most: 2000 };

/** What sessions and writes ask of the cluster. */
export function clusterAnswers(cluster: Cluster, clock: Clock) {
  const status = (nodeName: string) => statusOf(cluster.snapshot(), nodeName);
  return {
    isBlind: (nodeName: string) => status(nodeName)?.blind != null,
    isDown: (nodeName: string) => status(nodeName)?.state === 'DOWN',
    logsAhead: (nodeName: string) => status(nodeName)?.report?.awaitsAcknowledgement === true,
    canServe: (nodeName: string) => {
      const known = status(nodeName);
      return known !== undefined && canServe(known);
    },
    doubtServing: (nodeName: string) => cluster.doubtServing(nodeName),
    learned: (nodeName: string, position: Position) => cluster.tracker(nodeName).learn(position),
    historyTurn: () => cluster.judge.turns,
    sourceSure: () => cluster.judge.sure(),
    vouchedAtMs: () => clock.now() - unvouchedMs(cluster.snapshot(), clock.monotonic()),
    believes: (position: Position) => cluster.believes(position),
    /** A promotion shows itself to readers before it is known: each doubt makes the cluster look. */
    untilBelieved: async (position: Position) => {
      const untilMs = clock.monotonic() + promotionLookMs.most;
      while (!cluster.believes(position) && clock.monotonic() < untilMs) await clock.sleep(promotionLookMs.every);
    },
  };
}
