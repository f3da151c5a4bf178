import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Asks a server to stand still, as it would on a machine that hangs: its connections stay open and nothing answers. */
export function hangServer(pid: number): void {
  process.kill(pid, 'SIGSTOP');
}

export function resumeServer(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/**
 * Whether no thread of it runs any more. The signal only asks: until every thread has met it, a server on another core still
 * answers. Where nobody can tell, it is taken to have worked.
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
    return true; // a thread that has just ended
  }
}
