// Flags that Node needs when a command starts: a process cannot change them later. In a checkout the scripts of package.json
// set them. The command of the installed package is started without them, so it starts itself again with them and waits.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { CommandName } from '../platform/command-line.ts';

export const nodeFlags: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  start: ['--max-old-space-size=384', '--v8-pool-size=1'],
};

const nameOf = (flag: string) => flag.split('=', 1)[0]?.replaceAll('_', '-');

/** Those that this process was started without. A flag that is set to another value is left unchanged. */
export function missingFlags(command: CommandName, execArgv: readonly string[]): readonly string[] {
  const given = new Set(execArgv.map(nameOf));
  return (nodeFlags[command] ?? []).filter((flag) => !given.has(nameOf(flag)));
}

/** Runs this command again with more flags. Resolves to its exit code. */
export async function runWith(flags: readonly string[]): Promise<number> {
  const words = [...process.execArgv, ...flags, ...process.argv.slice(1)];
  const child = spawn(process.execPath, words, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // Ctrl-C reaches both, what a supervisor sends this one alone. The child takes two in a row for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** In the child: if its parent dies, nothing else would stop it. */
export function endWithParent(): void {
  if (process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
