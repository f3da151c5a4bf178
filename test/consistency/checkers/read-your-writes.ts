// A read that begins after a write of its own session was acknowledged shows that write or a later one.
// An indeterminate write may or may not show. A write still under way when the read began may or may not show.
import { owesGuarantees } from '../history.ts';
import type { Anomaly } from './anomaly.ts';
import { describeFloor, describeNode, type Evidence } from './evidence.ts';
import { canReach, describeSeen } from './rank.ts';

export function readYourWrites({ operations, writes, knowledge }: Evidence): Anomaly[] {
  return operations.filter(owesGuarantees).flatMap((read) =>
    read.seen.flatMap((seen): Anomaly[] => {
      const floor = knowledge.wrote.of(read.session).at(seen.order, knowledge.before(read).wrote);
      if (floor === undefined || canReach(seen, floor.rank, read, writes.earliestDelete)) return [];
      const explanation =
        `session ${read.session} ${describeFloor(floor)} ` +
        `and read ${describeSeen(seen)} from ${describeNode(read)} at op ${read.id}`;
      return [
        {
          guarantee: 'read your writes',
          session: read.session,
          operations: [floor.operation.id, read.id],
          explanation,
        },
      ];
    }),
  );
}
