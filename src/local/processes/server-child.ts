import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { type Command, commandLine, plainCommand, runCommand } from '../../platform/run-command.ts';
import type { StopSignal } from '../../servers/local-servers.ts';
import { ServerStartError } from '../local-errors.ts';
import { sendSignal, signalTree } from './process-tree.ts';

export type ServerExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ParentDeathSignal = 'TERM' | 'KILL';

export type ChildOptions = {
  cwd: string;
  logPath: string;
  /** Default: `SIGTERM`. */
  stopSignal?: StopSignal | undefined;
  parentDeathSignal: ParentDeathSignal;
};

/** A server that this process started. It has its own process group, so that Ctrl-C in a terminal does not reach it. */
export class ServerChild {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
  readonly #logPath: string;
  readonly #stopSignal: StopSignal;
  #exit: ServerExit | null = null;

  private constructor(
    child: ChildProcess,
    pid: number,
    { logPath, stopSignal }: { logPath: string; stopSignal: StopSignal },
  ) {
    this.#stopSignal = stopSignal;
    this.pid = pid;
    this.#logPath = logPath;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  static async start(command: Command, args: readonly string[], options: ChildOptions): Promise<ServerChild> {
    const { stopSignal = 'SIGTERM' } = options;
    await mkdir(dirname(options.logPath), { recursive: true });
    await rename(options.logPath, `${options.logPath}.1`).catch(() => undefined);
    const log = await open(options.logPath, 'w', 0o600);
    try {
      const [program = 'env', ...rest] = [
        ...(await dieWithParent(options.parentDeathSignal === 'KILL' ? 'SIGKILL' : stopSignal)),
        ...commandLine(command, args),
      ];
      const child = spawn(program, rest, {
        cwd: options.cwd,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        ...command.user,
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      if (child.pid === undefined) throw new ServerStartError(`${command.path} did not start`);
      return new ServerChild(child, child.pid, { logPath: options.logPath, stopSignal });
    } finally {
      await log.close();
    }
  }

  get exit(): ServerExit | null {
    return this.#exit;
  }

  /** Shuts the server down and waits; kills it if it takes too long. A suspended one is resumed so that it handles the signal. */
  async end(signal: 'SIGTERM' | 'SIGKILL', clock: Clock, patienceMs = 30_000): Promise<void> {
    // What it started is killed with it; asked to stop, it stops that itself.
    if (signal === 'SIGKILL') signalTree(this.pid, signal);
    else sendSignal(this.pid, this.#stopSignal);
    signalTree(this.pid, 'SIGCONT');
    const cancel = clock.after(patienceMs, () => signalTree(this.pid, 'SIGKILL'));
    await this.exited;
    cancel();
  }

  /** The last lines of the log, which say why a server failed. */
  async lastWords(): Promise<string> {
    const text = await readFile(this.#logPath, 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const errors = lines.filter((line) => /\berror\b|fatal/i.test(line));
    return (errors.length > 0 ? errors : lines).slice(-3).join(' | ');
  }
}

let pdeathsigWorks: Promise<boolean> | undefined;

/** On Linux the kernel can end the servers if this process is killed; elsewhere the next start does. */
async function dieWithParent(signal: StopSignal | 'SIGKILL'): Promise<string[]> {
  pdeathsigWorks ??= runCommand(plainCommand('setpriv'), ['--pdeathsig', 'TERM', 'true']).then(
    () => true,
    () => false,
  );
  return (await pdeathsigWorks) ? ['setpriv', '--pdeathsig', signal.slice(3)] : [];
}
