import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Suspends a server, as if its machine hung: its connections stay open and nothing is answered. */
export function hangServer(pid: number): void {
  process.kill(pid, 'SIGSTOP');
}

export function resumeServer(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/**
 * Whether none of its threads runs any more. The signal is asynchronous: until every thread has received it, a server may
 * still answer on another core. If the state cannot be read, it counts as suspended.
 */
export function standsStill(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  return !existsSync(tasks) || readdirSync(tasks).every((task) => isStopped(`${tasks}/${task}/stat`));
}

function isStopped(statFile: string): boolean {
  try {
    const stat = readFileSync(statFile, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
  } catch {
    return true; // a thread that has just exited
  }
}
