import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemClock } from '../../src/platform/clock.ts';

const run = promisify(execFile);

/** Resident memory of a process in MB (10^6 bytes). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kibibytes =
    status === null
      ? Number((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout)
      : Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  if (Number.isNaN(kibibytes)) throw new Error(`nothing is known of the memory of process ${pid}`);
  return (kibibytes * 1024) / 1e6;
}

export type MemorySample = { readonly requests: number; readonly megabytes: number };

/** Looks at a process again and again until it is told to stop. */
export function watchMemory(pid: number, requests: () => number, everyMs = 200) {
  const samples: MemorySample[] = [];
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      samples.push({ requests: requests(), megabytes: await residentMegabytes(pid) });
      await systemClock.sleep(everyMs, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    samples,
    stop: async () => {
      ended.abort();
      await watching;
    },
  };
}
