/**
 * How long work may run on a node before somebody asks whether the node is still there. Slow is not silent:
 *
 *   running --patienceMs--> overdue   the node is asked something small, on a connection of its own
 *   overdue --it answers--> running   and asked again after as long a time
 *   overdue --no answer--> silent     `onSilent`, once for all that waits there
 *
 * A look every second would notice a hung node late, and half of all reads would wait for it meanwhile. To ask is cheap, so
 * it is done early; to give up is not, so the question may take longer than the work did until then. For the source it has
 * most time, because nobody stands in for it. A pause of this process looks like the silence of every node: of the time of a
 * question only that counts which was this process's own, and who is short of it himself gives others more.
 */
import type { Clock } from '../platform/clock.ts';
import type { NodeRole } from './node.ts';

export type NodePatienceOptions = {
  readonly clock: Clock;
  /** Counts the time of a question; `clock` unless told. */
  readonly ownClock?: Clock;
  /** How many times as long as usual a question may take now; once unless told. */
  readonly stretch?: () => number;
  /** Work that runs longer than this is overdue, in milliseconds. */
  readonly patienceMs: number;
  readonly roleOf: (nodeName: string) => NodeRole;
  /** What runs on the node takes long, and it answers all the same. */
  readonly onSlow?: (nodeName: string) => void;
  /** False when the node did not answer in time. */
  readonly isThere: (nodeName: string, timeoutMs: number) => Promise<boolean>;
  readonly onSilent: (nodeName: string) => void;
};

type Work = { readonly startedMs: number };

/** How many times the patience a question may take. */
const questionFactor = { REPLICA: 2, BACKUP: 2, SOURCE: 10 } as const satisfies Record<NodeRole, number>;
/** Work that runs longer makes one ask whether the node can do such work at all. */
const slowMs = 1000;
/** An answer that comes later than this many times its due time is of no use to anybody. */
const latestFactor = 10;

export class NodePatience {
  readonly #options: NodePatienceOptions;
  readonly #closed = new AbortController();
  /** What runs on each node, oldest first. */
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

  /** One timer per node, however much runs there. Ends when nothing does. */
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
