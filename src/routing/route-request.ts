import type { ReadRequirement } from '../consistency/session-guarantee.ts';

/** What is left of the nodes for one read. */
export type ReadAttempt = {
  /** Nodes that already failed this operation. */
  readonly excluded: ReadonlySet<string>;
  /** Aborts the wait when the client disconnects. Only called if there is a wait. */
  readonly signal?: () => AbortSignal;
};

/** One attempt at what a read must include. */
export type RoutedRead = ReadRequirement & ReadAttempt;
