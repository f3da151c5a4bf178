// What keeps a process from running, from outside: stops, a duty cycle, and others who want the processors as well.
import { type ChildProcess, spawn } from 'node:child_process';
import { systemClock } from '../../src/platform/clock.ts';

/** Stops the process for so long, and lets it go on. */
export async function stopFor(pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  try {
    await systemClock.sleep(ms);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Gives the process so much of each round, as a container's limit does. Leaves it running. */
export async function squeeze(
  pid: number,
  round: { readonly runMs: number; readonly stopMs: number },
  forMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const untilMs = systemClock.monotonic() + forMs;
  while (systemClock.monotonic() < untilMs && signal?.aborted !== true) {
    await stopFor(pid, round.stopMs);
    await systemClock.sleep(round.runMs);
  }
}

/** So many others who do nothing but use a processor, for so long and as this process lives at most. The returned function ends them. */
export function crowd(many: number, forMs: number): () => void {
  const code = `const untilMs = Date.now() + ${forMs}; while (Date.now() < untilMs && process.ppid === ${process.pid});`;
  const others: ChildProcess[] = Array.from({ length: many }, () =>
    spawn(process.execPath, ['-e', code], { stdio: 'ignore', env: {} }),
  );
  const end = () => {
    for (const other of others) other.kill('SIGKILL');
    process.off('exit', end);
  };
  process.once('exit', end);
  return end;
}
