import { systemClock } from '../../src/platform/clock.ts';

export type Load = {
  /** How many run side by side, each starting its next operation when the last one ended. */
  readonly workers: number;
  readonly ms: number;
  readonly operation: (worker: number) => Promise<void>;
};

export type Throughput = { readonly operations: number; readonly elapsedMs: number; readonly perSecond: number };

/** Runs operations for so long and ends those that were begun. The first failure ends it all. */
export async function closedLoop({ workers, ms, operation }: Load): Promise<Throughput> {
  const startMs = systemClock.monotonic();
  let operations = 0;
  const work = async (_: unknown, worker: number) => {
    while (systemClock.monotonic() - startMs < ms) {
      await operation(worker);
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const elapsedMs = systemClock.monotonic() - startMs;
  return { operations, elapsedMs, perSecond: (operations * 1000) / elapsedMs };
}

/** Runs so many operations, however long it takes. */
export async function countedLoop(
  workers: number,
  count: number,
  operation: (index: number, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (_: unknown, worker: number) => {
    while (next < count) {
      next += 1;
      await operation(next - 1, worker);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
