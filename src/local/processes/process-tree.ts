/** A server and the processes that it started: some kinds have one for each connection, each in a session of its own. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The process itself comes first. Those that have exited are not in it. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}

/** The parent first: a process that is stopped starts no further ones. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  for (const one of processTree(pid)) sendSignal(one, signal);
}

/** A process that no longer exists needs no signal. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.flatMap((thread) => numbers(readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')));
  } catch {
    return numbers(spawnSync('pgrep', ['-P', String(pid)], { encoding: 'latin1' }).stdout ?? '');
  }
}

const numbers = (text: string) => text.split(/\s+/).flatMap((word) => (word === '' ? [] : Number(word)));
