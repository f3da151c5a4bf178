import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Of the thread that asks, in milliseconds since it began. */
export type OwnUse = {
  readonly ranMs: number;
  /** It wanted to run, and others did. */
  readonly waitedMs: number;
};

let absent = false;

/** `null` where the system does not tell. Costs some microseconds. */
export function ownUse(): OwnUse | null {
  if (absent) return null;
  try {
    const [ran, waited] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ');
    return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
  } catch {
    absent = true;
    return null;
  }
}

/** How long the event loop has had something to do, in milliseconds since it began, whether the thread could run then or not. */
export function busyMs(): number {
  return performance.eventLoopUtilization().active;
}
