import { type ChildProcess, spawn } from 'node:child_process';
import type { ServedLab } from '../../http/lab.ts';
import type { Clock } from '../../platform/clock.ts';
import { nodeFlags } from '../node-flags.ts';
import { answerLabCall } from './lab-calls.ts';
import type { FromApi, ToApi } from './messages.ts';

export type ApiProcessOptions = {
  /** The bundle that it runs. */
  readonly script: string;
  readonly lab: ServedLab | null;
  readonly clock: Clock;
};

/** One build of the API, in a process of its own. */
export class ApiProcess {
  /** The port that it serves on; `null` when it ended before it did. */
  readonly serving: Promise<number | null>;
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;

  constructor({ script, lab, clock }: ApiProcessOptions) {
    this.#clock = clock;
    const words = [...(nodeFlags.start ?? []), '--enable-source-maps', script];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    this.serving = new Promise((resolve) => {
      void this.exited.then(() => resolve(null));
      child.on('message', (message: FromApi) => {
        if (message.kind === 'serving') resolve(message.port);
        else void answerLabCall(lab, message).then((answer) => this.#tell(answer));
      });
    });
  }

  /** The page was built anew. */
  readPageAgain(): void {
    this.#tell({ kind: 'page' });
  }

  /** It exits once all connections are closed and running work is done. */
  async stop(withinMs: number): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const cancel = this.#clock.after(withinMs, () => this.#child.kill('SIGKILL'));
    await this.exited;
    cancel();
  }

  #tell(message: ToApi): void {
    // One that has just ended hears nothing.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
