import type { Cluster } from '../../cluster/cluster.ts';
import { canServe, statusOf } from '../../cluster/cluster-snapshot.ts';
import type { TrialOutcome } from '../../cluster/read-refusals.ts';
import { mayReceive } from '../../cluster/standings.ts';
import { unvouchedMs } from '../../cluster/vouched-for.ts';
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import { faultOf, readRefusalOf } from '../../servers/faults.ts';
import type { RefusedRead } from '../clients/met-faults.ts';

const promotionWaitMs = { every: 10, most: 2000 };

/** What sessions and writes ask of the cluster. */
export function clusterAnswers(cluster: Cluster, clock: Clock) {
  const status = (nodeName: string) => statusOf(cluster.snapshot(), nodeName);
  return {
    isBlind: (nodeName: string) => status(nodeName)?.blind != null,
    isDown: (nodeName: string) => status(nodeName)?.state === 'DOWN',
    isThere: (nodeName: string) => cluster.settled(nodeName),
    mayReceive: (nodeName: string) => mayReceive(status(nodeName)),
    logsAhead: (nodeName: string) => status(nodeName)?.report?.awaitsAcknowledgement === true,
    canServe: (nodeName: string) => {
      const known = status(nodeName);
      return known !== undefined && canServe(known);
    },
    refused: (nodeName: string, read: RefusedRead | null) => {
      cluster.doubtServing(nodeName);
      const refusal = read && readRefusalOf(read.error);
      if (read === null || refusal === null) return () => undefined;
      const count = () => cluster.readRefused(nodeName, refusal, () => tried(read));
      if (refusal.mayBeStatement) return count;
      count();
      return () => undefined;
    },
    learned: (nodeName: string, position: Position) => cluster.tracker(nodeName).learn(position),
    historyTurn: () => cluster.judge.turns,
    sourceSure: () => cluster.judge.sure(),
    vouchedAtMs: () => clock.now() - unvouchedMs(cluster.snapshot(), clock.monotonic()),
    believes: (position: Position) => cluster.believes(position),
    /** Readers may see a promotion before it is known: each doubt triggers a probe of the cluster. */
    untilBelieved: async (position: Position) => {
      const untilMs = clock.monotonic() + promotionWaitMs.most;
      while (!cluster.believes(position) && clock.monotonic() < untilMs) await clock.sleep(promotionWaitMs.every);
    },
  };
}

/** The statement is at fault on every server, or it is not a read. */
const ofStatement: ReadonlySet<string> = new Set(['OTHER', 'VALUE', 'READ_ONLY']);

async function tried({ again }: RefusedRead): Promise<TrialOutcome> {
  try {
    await again();
    return 'ANSWERED';
  } catch (error) {
    if (readRefusalOf(error) !== null) return 'REFUSED';
    return ofStatement.has(faultOf(error)) ? 'MOOT' : 'UNKNOWN';
  }
}
