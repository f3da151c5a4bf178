import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const keptOutput = 200;
const endWithinMs = 15_000;

/** A process of the project with an environment of its own. */
export type NodeProcess = {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The last lines that it printed. */
  output(): readonly string[];
  /** Asks it to end, and ends it when it does not. */
  stop(): Promise<void>;
};

/** Nobody is left behind when this process falls over before it has stopped them. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export type NodeProcessOptions = {
  /** As a service manager starts it. Signals of the terminal do not reach it then. */
  readonly ownSession?: boolean | undefined;
  /** How many files and sockets it may have open at once (`ulimit -n`). */
  readonly descriptors?: number | undefined;
};

/** `node` is what Node is told: its own options, then the entry and its arguments. */
export function startNodeProcess(
  node: readonly string[],
  environment: Readonly<Record<string, string>>,
  { ownSession = false, descriptors }: NodeProcessOptions = {},
): NodeProcess {
  const [program = '', ...words] =
    descriptors === undefined
      ? [process.execPath, ...node]
      : ['sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', process.execPath, ...node];
  const child = spawn(program, words, {
    cwd: root,
    detached: ownSession,
    env: { ...inherited(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      lines.splice(0, lines.length - keptOutput);
    });
  }
  return { child, pid: child.pid ?? -1, output: () => lines, stop: () => stop(child) };
}

/** Only what a process needs: nothing that happens to be set here may name other servers. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_OPTIONS'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const cancel = systemClock.after(endWithinMs, () => void child.kill('SIGKILL'));
  await ended;
  cancel();
}
