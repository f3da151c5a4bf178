// A bounded read shows what the source had so many milliseconds ago: every write, whoever made it, that had been
// acknowledged for longer than that when the read began. Only reads that named their bound are judged.
import { isRead, type ReadOperation } from '../history.ts';
import type { Anomaly } from './anomaly.ts';
import { describeNode, type Evidence } from './evidence.ts';
import type { IntendedWrite } from './intended-writes.ts';
import { canReach, deletedForGood, describeRank, describeSeen } from './rank.ts';

type Acknowledged = { readonly rank: number; readonly atMs: number; readonly operation: number };

export function boundedReads({ operations, writes }: Evidence): Anomaly[] {
  const byOrder = new Map<string, Acknowledged[]>();
  for (const write of writes.all) {
    const known = acknowledged(write);
    if (known === null || write.order === null) continue;
    byOrder.set(write.order, [...(byOrder.get(write.order) ?? []), known]);
  }
  return operations.filter(namesItsBound).flatMap((read) =>
    read.seen.flatMap((seen): Anomaly[] => {
      const oldEnough = (byOrder.get(seen.order) ?? []).filter(
        ({ atMs }) => atMs <= read.startedAtMs - read.maxStalenessMs,
      );
      const missed = oldEnough.find(({ rank }) => !canReach(seen, rank, read, writes.earliestDelete));
      if (missed === undefined) return [];
      const agoMs = (read.startedAtMs - missed.atMs).toFixed(0);
      return [
        {
          guarantee: 'bounded reads keep their bound',
          session: read.session,
          operations: [missed.operation, read.id],
          explanation:
            `order ${seen.order} got ${describeRank(missed.rank)} at op ${missed.operation}, ${agoMs} ms before ` +
            `session ${read.session} read ${describeSeen(seen)} from ${describeNode(read)} at op ${read.id}, ` +
            `at most ${read.maxStalenessMs} ms old`,
        },
      ];
    }),
  );
}

type BoundedRead = ReadOperation & { readonly maxStalenessMs: number };

function namesItsBound(operation: Evidence['operations'][number]): operation is BoundedRead {
  return isRead(operation) && operation.outcome === 'ok' && operation.maxStalenessMs !== undefined;
}

/** Its first acknowledgement: a replay answers the same again. */
function acknowledged({ attempts, kind, rank, fate }: IntendedWrite): Acknowledged | null {
  const told = attempts.filter(({ outcome }) => outcome === 'committed').toSorted((a, b) => a.endedAtMs - b.endedAtMs);
  const [first] = told;
  if (first === undefined || fate !== 'committed') return null;
  return { rank: kind === 'delete' ? deletedForGood : (rank ?? 0), atMs: first.endedAtMs, operation: first.id };
}
