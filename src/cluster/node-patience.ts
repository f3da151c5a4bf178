/**
 * How long work may run on a node before the node itself is checked. Slow is not silent:
 *
 *   running --patienceMs--> overdue   the node is asked something small, on a separate connection
 *   overdue --it answers--> running   and asked again after the same time
 *   overdue --no answer--> silent     `onSilent`, once for all work that waits there
 *
 * A probe every second would notice a hung node late, and half of all reads would wait for it meanwhile. Asking is cheap, so it is done
 * early; giving up is not, so the question may take longer than the work had. The source has the most time, because it has no
 * substitute. A pause of this process looks like silence of every node, so only time in which this process could run counts, and a
 * process short of processor time gives others more.
 */
import type { Clock } from '../platform/clock.ts';
import type { NodeRole } from './node.ts';

export type NodePatienceOptions = {
  readonly clock: Clock;
  /** Measures the time of a question. Default: `clock`. */
  readonly ownClock?: Clock;
  /** Factor on the time limit of a question. Default: 1. */
  readonly stretch?: () => number;
  /** Work that runs longer than this is overdue, in milliseconds. */
  readonly patienceMs: number;
  readonly roleOf: (nodeName: string) => NodeRole;
  /** Work on the node takes long, although the node answers. */
  readonly onSlow?: (nodeName: string) => void;
  /** False if the node did not answer in time. */
  readonly isThere: (nodeName: string, timeoutMs: number) => Promise<boolean>;
  readonly onSilent: (nodeName: string) => void;
};

type Work = { readonly startedMs: number };

/** Time limit of a question, in multiples of the patience. */
const questionFactor = { REPLICA: 2, BACKUP: 2, SOURCE: 10 } as const satisfies Record<NodeRole, number>;
/** After this long, it is checked whether the node can do such work at all. */
const slowMs = 1000;
/** An answer later than this many times its due time is ignored. */
const latestFactor = 10;

export class NodePatience {
  readonly #options: NodePatienceOptions;
  readonly #closed = new AbortController();
  /** Running work per node, oldest first. */
  readonly #running = new Map<string, Set<Work>>();
  readonly #watched = new Set<string>();

  constructor(options: NodePatienceOptions) {
    this.#options = options;
  }

  /** Work on the node begins. The returned function ends it. */
  begin(nodeName: string): () => void {
    let running = this.#running.get(nodeName);
    if (running === undefined) {
      running = new Set();
      this.#running.set(nodeName, running);
    }
    const work = { startedMs: this.#options.clock.monotonic() };
    running.add(work);
    if (!this.#watched.has(nodeName)) void this.#watch(nodeName, running);
    return () => running.delete(work);
  }

  close(): void {
    this.#closed.abort();
  }

  /** One timer per node, however much work runs there. Ends when there is none. */
  async #watch(nodeName: string, running: ReadonlySet<Work>): Promise<void> {
    const { clock, patienceMs, onSilent, onSlow = () => undefined } = this.#options;
    this.#watched.add(nodeName);
    let askedMs = Number.NEGATIVE_INFINITY;
    let slowSaidMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const [oldest] = running;
      if (oldest === undefined) break;
      const dueMs = Math.max(oldest.startedMs, askedMs) + patienceMs;
      const restMs = dueMs - clock.monotonic();
      if (restMs > 0) {
        if (!(await this.#rest(restMs))) break;
        continue;
      }
      const there = await this.#isThere(nodeName);
      if (this.#closed.signal.aborted) break;
      if (!there && running.size > 0) onSilent(nodeName);
      else if (running.has(oldest) && clock.monotonic() - Math.max(oldest.startedMs, slowSaidMs) > slowMs) {
        slowSaidMs = clock.monotonic();
        onSlow(nodeName);
      }
      askedMs = clock.monotonic();
    }
    this.#watched.delete(nodeName);
  }

  async #isThere(nodeName: string): Promise<boolean> {
    const { patienceMs, roleOf, isThere, clock, ownClock = clock, stretch = () => 1 } = this.#options;
    const timeoutMs = patienceMs * questionFactor[roleOf(nodeName)] * stretch();
    const answered = new AbortController();
    const limit = AbortSignal.any([answered.signal, this.#closed.signal]);
    const overdue = ownClock.sleep(timeoutMs, { signal: limit, unref: true }).then(
      () => false,
      () => false,
    );
    const there = await Promise.race([isThere(nodeName, timeoutMs * latestFactor), overdue]);
    answered.abort();
    return there;
  }

  async #rest(ms: number): Promise<boolean> {
    const { signal } = this.#closed;
    return this.#options.clock.sleep(ms, { signal, unref: true }).then(
      () => true,
      () => false,
    );
  }
}
