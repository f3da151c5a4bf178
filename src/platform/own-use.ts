import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Of the calling thread, in milliseconds since it began. */
export type OwnUse = {
  readonly ranMs: number;
  /** It was runnable but not running. */
  readonly waitedMs: number;
};

let absent = false;

/** `null` if the system does not report it. Takes a few microseconds. */
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

/** How long the event loop has had work, in milliseconds since it began, whether or not the thread was running. */
export function busyMs(): number {
  return performance.eventLoopUtilization().active;
}
