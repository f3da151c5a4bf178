// What each session knows at each moment. A session learns
//   from its own write     when it is acknowledged, not when it is sent: an indeterminate write teaches nothing
//   from its own read      when the answer is there; absence teaches only if the session knew the order to exist
//                          (then it was deleted), else nobody can tell "not yet" from "no longer"
//   from another's token   when it adopts it: all that the other one had written and read by then, as if read
// and it knows, at the beginning of an operation, what ended before.
import { isWrite, joinsSession, type Observation, type Operation, type ReadOperation } from '../history.ts';
import { type Floor, FloorsBySession } from './floors.ts';
import type { IntendedWrites } from './intended-writes.ts';
import { deletedForGood, mayBeDeleted, notThereYet } from './rank.ts';
import { sweep } from './sweep.ts';

/** How much of what a session wrote and read it knew at a moment. */
export type Known = { readonly wrote: number; readonly read: number };

/** An observation with its place on the order's line; an absence that proves nothing stands at the beginning. */
export type Sight = { readonly seen: Observation; readonly rank: number };

export type SessionKnowledge = {
  readonly wrote: FloorsBySession;
  readonly read: FloorsBySession;
  /** What the operation's session knew when the operation began. */
  before(operation: Operation): Known;
  sights(read: ReadOperation): readonly Sight[];
};

export function sessionKnowledge(operations: readonly Operation[], writes: IntendedWrites): SessionKnowledge {
  const wrote = new FloorsBySession();
  const read = new FloorsBySession();
  const known = new Map<Operation, Known>();
  const sights = new Map<Operation, Sight[]>();
  const handedOver = new Map<Operation, Floor[]>();

  const place = (seen: Observation, operation: ReadOperation): Sight => {
    if (seen.version !== null) return { seen, rank: seen.version };
    const { session } = operation;
    const existed = (wrote.of(session).at(seen.order) ?? read.of(session).at(seen.order)) !== undefined;
    const deleted = existed && mayBeDeleted(seen.order, operation, writes.earliestDelete);
    return { seen, rank: deleted ? deletedForGood : notThereYet };
  };

  sweep(operations, {
    begins: (operation) => {
      const { session } = operation;
      known.set(operation, { wrote: wrote.of(session).length, read: read.of(session).length });
      if (joinsSession(operation)) {
        sights.set(
          operation,
          operation.seen.map((seen) => place(seen, operation)),
        );
      }
      if (operation.kind === 'adopt') {
        handedOver.set(operation, [...wrote.of(operation.from).latest(), ...read.of(operation.from).latest()]);
      }
    },
    ends: (operation) => {
      const { session } = operation;
      if (isWrite(operation) && operation.outcome === 'committed' && operation.order !== null) {
        const rank = operation.kind === 'delete' ? deletedForGood : (operation.version ?? notThereYet);
        wrote.raise(session, operation.order, rank, operation);
      }
      for (const { seen, rank } of sights.get(operation) ?? []) read.raise(session, seen.order, rank, operation);
      for (const floor of handedOver.get(operation) ?? []) {
        if (operation.kind === 'adopt') read.raise(session, floor.order, floor.rank, floor.operation, operation);
      }
    },
  });

  return {
    wrote,
    read,
    before: (operation) => known.get(operation) ?? { wrote: 0, read: 0 },
    sights: (operation) => sights.get(operation) ?? [],
  };
}
