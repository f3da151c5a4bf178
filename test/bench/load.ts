import { systemClock } from '../../src/platform/clock.ts';

export type Load = {
  /** How many run side by side, each starting its next operation when the last one ended. */
  readonly workers: number;
  readonly ms: number;
  readonly operation: (worker: number) => Promise<void>;
  /** Ends it before its time. */
  readonly signal?: AbortSignal | undefined;
};

export type Throughput = { readonly operations: number; readonly elapsedMs: number; readonly perSecond: number };

/** Runs operations for so long and ends those that were begun. The first failure ends it all. */
export async function closedLoop({ workers, ms, operation, signal }: Load): Promise<Throughput> {
  const startMs = systemClock.monotonic();
  let operations = 0;
  const work = async (_: unknown, worker: number) => {
    while (systemClock.monotonic() - startMs < ms && signal?.aborted !== true) {
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

export type PacedLoad = {
  /** Side by side at most; each takes its share of the operations, and starts late ones as soon as it can. */
  readonly workers: number;
  readonly perSecond: number;
  readonly operation: (worker: number) => Promise<void>;
};

/** Starts operations at a steady pace until the signal, and ends those that were begun. The first failure ends it all. */
export async function pacedLoop(
  { workers, perSecond, operation }: PacedLoad,
  signal: AbortSignal,
): Promise<Throughput> {
  const startMs = systemClock.monotonic();
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  let operations = 0;
  const work = async (_: unknown, worker: number) => {
    for (let turn = worker; ; turn += workers) {
      const pauseMs = startMs + (turn * 1000) / perSecond - systemClock.monotonic();
      if (pauseMs > 0) await systemClock.sleep(pauseMs, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return;
      await operation(worker);
      operations += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    failed.abort();
  }
  const elapsedMs = systemClock.monotonic() - startMs;
  return { operations, elapsedMs, perSecond: (operations * 1000) / elapsedMs };
}
