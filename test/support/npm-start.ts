import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An npm command as a person at a terminal runs it: with a process group of its own, which Ctrl-C reaches as a whole. */
export class NpmCommand {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #output = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>, cwd = root) {
    const { PATH = '', HOME = '', NODE_EXTRA_CA_CERTS } = process.env;
    this.#child = spawn('npm', args, {
      cwd,
      env: { PATH, HOME, ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }), ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      this.#output += String(chunk);
      for (const check of this.#waiting) check();
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    this.exited = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves once it has printed `text`; rejects when it ends without. */
  said(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!this.#output.includes(text)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      void this.exited.then(() => reject(new Error(`ended without saying "${text}":\n${this.#output}`)));
      check();
    });
  }

  /** What Ctrl-C does, and what closing the terminal for good does with SIGKILL. */
  signalGroup(signal: 'SIGINT' | 'SIGKILL'): void {
    if (this.#child.pid === undefined || this.#child.exitCode !== null) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}
