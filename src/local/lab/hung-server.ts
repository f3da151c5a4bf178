import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { processTree, signalTree } from '../processes/process-tree.ts';

/**
 * Suspends a server, as if its machine hung: its connections stay open and nothing is answered. Repeated until it stands
 * still: a process of it may start another one before it receives the signal.
 */
export function hangServer(pid: number): void {
  signalTree(pid, 'SIGSTOP');
}

export function resumeServer(pid: number): void {
  signalTree(pid, 'SIGCONT');
}

/**
 * Whether none of its threads runs any more. The signal is asynchronous: until every thread has received it, a server may
 * still answer on another core. If the state cannot be read, it counts as suspended.
 */
export function standsStill(pid: number): boolean {
  return processTree(pid).every(isSuspended);
}

function isSuspended(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  try {
    return !existsSync(tasks) || readdirSync(tasks).every((task) => isStopped(`${tasks}/${task}/stat`));
  } catch {
    return true; // a process that has just exited
  }
}

function isStopped(statFile: string): boolean {
  try {
    const stat = readFileSync(statFile, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
  } catch {
    return true; // a thread that has just exited
  }
}
