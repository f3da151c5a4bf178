import type { Operation } from '../history.ts';

/**
 * Visits the beginnings and ends of all operations in the order of time. One operation comes before another only if
 * it ended before the other began, so an equal time gives no order: beginnings are visited first.
 */
export function sweep(
  operations: readonly Operation[],
  visit: { begins?: (operation: Operation) => void; ends?: (operation: Operation) => void },
): void {
  const events = operations.flatMap((operation) => [
    { atMs: operation.startedAtMs, ends: 0, operation },
    { atMs: operation.endedAtMs, ends: 1, operation },
  ]);
  events.sort(
    (left, right) => left.atMs - right.atMs || left.ends - right.ends || left.operation.id - right.operation.id,
  );
  for (const { ends, operation } of events) {
    if (ends === 1) visit.ends?.(operation);
    else visit.begins?.(operation);
  }
}
