import { once } from 'node:events';
import { jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { NodeProbe } from './node-probe.ts';
import type { ProbeReport } from './node-status.ts';

export type NodeMonitorOptions = {
  readonly probe: NodeProbe;
  readonly clock: Clock;
  readonly random: () => number;
  /** Between looks at a node that is well, and at one that is in trouble, in milliseconds. `off` is never, unless nudged. */
  readonly intervalMs: number | 'off';
  readonly downIntervalMs: number;
  readonly timeoutMs: number;
  /** How many times as long as usual a look may take now; once unless told. */
  readonly stretch?: () => number;
  /** True when the node should be looked at more often. */
  readonly isInTrouble: () => boolean;
  /** True when the node answers again and has to show it once more: nobody is served meanwhile, so it is asked soon. */
  readonly isReturning: () => boolean;
  readonly onReport: (report: ProbeReport, asOfMs: number) => void;
  readonly onFailure: (error: unknown) => void;
};

/** A node that returns is looked at so many times as often as one that is down. */
const returningShare = 5;

/** Looks at one node again and again, one look at a time. Never throws; ends with `stop`. */
export class NodeMonitor {
  readonly #options: NodeMonitorOptions;
  readonly #stopped = new AbortController();
  #pause = new AbortController();
  #nudged = false;
  #running: Promise<void> | null = null;

  constructor(options: NodeMonitorOptions) {
    this.#options = options;
  }

  /** Resolves after the first look, whatever it saw. */
  async start(): Promise<void> {
    await this.#look();
    this.#running = this.#loop();
  }

  /** Looks now instead of after the pause; once more, when a good look is under way that may have begun too early. */
  nudge(): void {
    this.#nudged = true;
    this.#pause.abort();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#pause.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      if (!this.#nudged) await this.#rest();
      this.#nudged = false;
      if (!this.#stopped.signal.aborted) await this.#look();
    }
  }

  async #rest(): Promise<void> {
    const { intervalMs, downIntervalMs, isInTrouble, isReturning, clock, random } = this.#options;
    this.#pause = new AbortController();
    const troubledMs = isReturning() ? downIntervalMs / returningShare : downIntervalMs;
    const pauseMs = isInTrouble() ? troubledMs : intervalMs;
    const { signal } = this.#pause;
    if (pauseMs === 'off') await once(signal, 'abort');
    else await clock.sleep(jittered(pauseMs, random), { signal }).catch(() => undefined);
  }

  async #look(): Promise<void> {
    const { timeoutMs, stretch = () => 1 } = this.#options;
    const asOfMs = this.#options.clock.monotonic();
    try {
      const report = await this.#options.probe.probe(timeoutMs * stretch());
      if (!this.#stopped.signal.aborted) this.#options.onReport(report, asOfMs);
    } catch (error) {
      // The look's own connection was lost: looking again without a pause would hammer a server that drops everybody.
      this.#nudged = false;
      if (!this.#stopped.signal.aborted) this.#options.onFailure(error);
    }
  }
}
