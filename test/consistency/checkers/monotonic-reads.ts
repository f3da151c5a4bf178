// A read that begins after another read of its session ended shows, of every order, the same version or a later one.
// What came with an adopted token counts as read. A deletion once seen stays seen.
import { owesGuarantees } from '../history.ts';
import type { Anomaly } from './anomaly.ts';
import { describeFloor, describeNode, type Evidence } from './evidence.ts';
import { canReach, describeSeen } from './rank.ts';

export function monotonicReads({ operations, writes, knowledge }: Evidence): Anomaly[] {
  return operations.filter(owesGuarantees).flatMap((read) =>
    read.seen.flatMap((seen): Anomaly[] => {
      const floor = knowledge.read.of(read.session).at(seen.order, knowledge.before(read).read);
      if (floor === undefined || canReach(seen, floor.rank, read, writes.earliestDelete)) return [];
      const explanation =
        `session ${read.session} ${describeFloor(floor)} ` +
        `and then read ${describeSeen(seen)} from ${describeNode(read)} at op ${read.id}`;
      return [
        { guarantee: 'monotonic reads', session: read.session, operations: [floor.operation.id, read.id], explanation },
      ];
    }),
  );
}
