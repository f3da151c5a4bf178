import type { ServedLab } from '../../http/lab.ts';
import type { Clock } from '../../platform/clock.ts';
import { ApiProcess } from './api-process.ts';
import type { Front } from './front.ts';

export type TurnoverOptions = {
  readonly script: string;
  readonly lab: ServedLab | null;
  readonly front: Front;
  readonly clock: Clock;
  /** How long one that is replaced may take to end. */
  readonly stopWithinMs: number;
  readonly say: (line: string) => void;
};

const serveWithinMs = 60_000;

/** One API after another: each serves only once it can, and the one before it goes on until then. */
export class Turnover {
  readonly #options: TurnoverOptions;
  readonly #ending = new Set<Promise<void>>();
  #serving: ApiProcess | null = null;
  #candidate: ApiProcess | null = null;
  #stopped = false;

  constructor(options: TurnoverOptions) {
    this.#options = options;
  }

  /** Starts the build that is there. Resolves once it serves, or is known not to. */
  async next(): Promise<void> {
    const { clock, front, say } = this.#options;
    if (this.#stopped) return;
    const beganMs = clock.monotonic();
    const candidate = new ApiProcess(this.#options);
    this.#candidate = candidate;
    const port = await this.#portOf(candidate);
    this.#candidate = null;
    if (this.#stopped || port === null) {
      if (!this.#stopped) say('The build does not serve, and the one before it goes on.');
      this.#end(candidate);
      return;
    }
    const before = this.#serving;
    this.#serving = candidate;
    front.lead(port);
    say(`serves the build, ${Math.round(clock.monotonic() - beganMs)} ms after it was started`);
    if (before !== null) this.#end(before);
    void candidate.exited.then((how) => {
      if (this.#stopped || this.#serving !== candidate) return;
      this.#serving = null;
      front.lead(null);
      say(`The API ended by itself (${how}). The next change starts it again.`);
    });
  }

  readPageAgain(): void {
    this.#serving?.readPageAgain();
    this.#options.say('serves the page');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const process of [this.#candidate, this.#serving]) if (process !== null) this.#end(process);
    await Promise.all(this.#ending);
  }

  async #portOf(candidate: ApiProcess): Promise<number | null> {
    const { clock, say } = this.#options;
    let cancel = () => {};
    const tooLate = new Promise<null>((resolve) => {
      cancel = clock.after(serveWithinMs, () => {
        say(`It did not serve within ${serveWithinMs / 1000} s.`);
        resolve(null);
      });
    });
    const port = await Promise.race([candidate.serving, tooLate]);
    cancel();
    return port;
  }

  #end(process: ApiProcess): void {
    const ended = process.stop(this.#options.stopWithinMs).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
