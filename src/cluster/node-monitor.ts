import { once } from 'node:events';
import { jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { NodeProbe } from './node-probe.ts';
import type { ProbeReport } from './node-status.ts';

export type NodeMonitorOptions = {
  readonly probe: NodeProbe;
  readonly clock: Clock;
  readonly random: () => number;
  /** Intervals between probes of a healthy node, and of one in trouble, in milliseconds. `off`: only on demand. */
  readonly intervalMs: number | 'off';
  readonly downIntervalMs: number;
  readonly timeoutMs: number;
  /** Factor on the time limit of a probe. Default: 1. */
  readonly stretch?: () => number;
  /** True if the node should be probed more often. */
  readonly isInTrouble: () => boolean;
  /** True if the node answers again but is on probation: it is out of service meanwhile, so it is probed soon. */
  readonly isReturning: () => boolean;
  readonly onReport: (report: ProbeReport, asOfMs: number) => void;
  readonly onFailure: (error: unknown) => void;
};

/** A returning node is probed this many times as often as one that is down. */
const returningShare = 5;

/** Polls one node; never has two probes in flight. Never throws; ends with `stop`. */
export class NodeMonitor {
  readonly #options: NodeMonitorOptions;
  readonly #stopped = new AbortController();
  #pause = new AbortController();
  #nudged = false;
  #running: Promise<void> | null = null;

  constructor(options: NodeMonitorOptions) {
    this.#options = options;
  }

  /** Resolves after the first probe, whatever its result. */
  async start(): Promise<void> {
    await this.#probe();
    this.#running = this.#loop();
  }

  /** Probes now instead of after the interval; repeats a good probe in flight that may have begun too early. */
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
      if (!this.#stopped.signal.aborted) await this.#probe();
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

  async #probe(): Promise<void> {
    const { timeoutMs, stretch = () => 1 } = this.#options;
    const asOfMs = this.#options.clock.monotonic();
    try {
      const report = await this.#options.probe.probe(timeoutMs * stretch());
      if (!this.#stopped.signal.aborted) this.#options.onReport(report, asOfMs);
    } catch (error) {
      // The probe's own connection was lost: probing again without a pause would hammer a server that drops all connections.
      this.#nudged = false;
      if (!this.#stopped.signal.aborted) this.#options.onFailure(error);
    }
  }
}
