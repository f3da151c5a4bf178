import type { ReadRequirement } from '../consistency/session-guarantee.ts';

/** Which nodes one read may still use. */
export type ReadAttempt = {
  /** Nodes that already failed this operation. */
  readonly excluded: ReadonlySet<string>;
  /** Aborts the wait when the client disconnects. Only called if there is a wait. */
  readonly signal?: () => AbortSignal;
};

/** One attempt at satisfying a read's requirement. */
export type RoutedRead = ReadRequirement & ReadAttempt;
