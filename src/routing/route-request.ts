import type { WhenBehind } from '../consistency/levels.ts';
import type { Position } from '../consistency/position.ts';

/** What one read operation asks of the node that serves it. */
export type ReadRequest = {
  /** The node must include this; `null` asks for nothing. */
  readonly position: Position | null;
  /** Only the source will do, and why; `null` when a replica may serve. */
  readonly sourceOnly: 'strong-read' | 'position-unknown' | null;
  /** The node must include what the source had this many milliseconds ago; `null` is no bound. */
  readonly maxStalenessMs: number | null;
  /** Later reads must not be older than this one: its node has to be able to tell what was seen. */
  readonly observes?: boolean;
  readonly whenBehind: WhenBehind;
  /** The backup would do when nobody else answers: the request has no past, bound or token that it could fall behind. */
  readonly backupAllowed?: boolean;
  /** How long to wait for a replica, in milliseconds. */
  readonly waitMs: number;
  /** Nodes that already failed this operation. */
  readonly excluded: ReadonlySet<string>;
  /** Ends the wait when the client has gone. Asked for only when there is a wait. */
  readonly signal?: () => AbortSignal;
};
