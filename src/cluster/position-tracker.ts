/**
 * Tracks the position of one node and the reads waiting for it.
 *
 * Any number of waiting requests share one loop and one blocked connection: the loop waits in the server for the smallest
 * required position, in slices, and wakes every request whose position was reached. A slice ends early when the position
 * is reached; its length bounds how late a smaller position that arrives in the meantime, or a stopped applier, is noticed.
 * The probe may fail; the waiters then end as UNREACHABLE, and the known position stays a valid lower bound.
 */
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import { NextFlight } from '../platform/single-flight.ts';
import type { NodeRole } from './node.ts';
import type { NodeProbe } from './node-probe.ts';

export const waitOutcomes = ['REACHED', 'TIMED_OUT', 'NOT_APPLYING', 'UNREACHABLE', 'ABORTED'] as const;
export type WaitOutcome = (typeof waitOutcomes)[number];

export type PositionTrackerOptions = {
  readonly probe: NodeProbe;
  readonly clock: Clock;
  /** Measures how long requests wait. Default: `clock`. */
  readonly ownClock?: Clock;
  /** The longest single wait in the server, in milliseconds. */
  readonly sliceMs: number;
  /** How long a position may take to be read, in milliseconds. */
  readonly readTimeoutMs: number;
  /** Waiting requests beyond this many are turned away as TIMED_OUT at once. */
  readonly maxWaiters: number;
  readonly role: () => NodeRole;
  /** The newest known lower bound, `null` when unknown. */
  readonly known: () => Position | null;
  readonly onReached: (position: Position) => void;
};

/** Patient callers share the probes of two milliseconds: a probe costs about a tenth of a small request. */
const readSpacingMs = 2;
/** Minimum slice, for waits whose time passed while this process was delayed: the server is not polled in a tight loop. */
const leastSliceMs = 5;

type Waiter = { readonly position: Position; readonly untilMs: number; end(outcome: WaitOutcome): void };

export class PositionTracker {
  readonly #options: PositionTrackerOptions;
  readonly #waiters = new Set<Waiter>();
  readonly #reads: NextFlight<{ reached: Position; observed: Position }>;
  #looping = false;
  #closed = false;

  constructor(options: PositionTrackerOptions) {
    this.#options = options;
    const read = async () => {
      const positions = await options.probe.readPosition(options.role(), options.readTimeoutMs);
      options.onReached(positions.reached);
      return positions;
    };
    this.#reads = new NextFlight(read, { clock: options.clock, spacingMs: readSpacingMs });
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Reads the node's position: it includes all that reads finished before this call have seen. Shared between callers; one
   * that is `patient` waits up to two milliseconds for others to share with.
   */
  async observe(options: { patient?: boolean } = {}): Promise<Position> {
    return (await this.#reads.run(options)).observed;
  }

  /** A question asked for another purpose showed that the node includes `position`. */
  learn(position: Position): void {
    if (this.includes(position)) return;
    this.#options.onReached(position);
    this.#wake();
  }

  /** True when the node is known to include `position`. */
  includes(position: Position): boolean {
    return this.#options.known()?.includes(position) ?? false;
  }

  /** Ends when the node includes `position`, or with the reason why it will not in time. Never rejects. */
  async waitFor(position: Position, timeoutMs: number, signal?: AbortSignal): Promise<WaitOutcome> {
    if (this.includes(position)) return 'REACHED';
    if (this.#closed || timeoutMs <= 0 || this.#waiters.size >= this.#options.maxWaiters) return 'TIMED_OUT';
    if (signal?.aborted) return 'ABORTED';
    const untilMs = this.#options.clock.monotonic() + timeoutMs;
    const outcome = new Promise<WaitOutcome>((resolve) => this.#enlist(position, untilMs, signal, resolve));
    if (this.#looping) this.#askAside();
    else void this.#loop();
    return outcome;
  }

  close(): void {
    this.#closed = true;
    this.#endAll('UNREACHABLE');
  }

  #enlist(
    position: Position,
    untilMs: number,
    signal: AbortSignal | undefined,
    resolve: (outcome: WaitOutcome) => void,
  ): void {
    const { clock, ownClock = clock } = this.#options;
    const onAbort = () => waiter.end('ABORTED');
    const cancelTimer = ownClock.after(untilMs - clock.monotonic(), () => waiter.end('TIMED_OUT'));
    const waiter: Waiter = {
      position,
      untilMs,
      end: (outcome) => {
        if (!this.#waiters.delete(waiter)) return;
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        resolve(outcome);
      },
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiters.add(waiter);
  }

  /** The loop may be blocked for a larger position; the newcomer's may be there already. */
  #askAside(): void {
    this.#reads.run().then(
      () => this.#wake(),
      () => undefined,
    );
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    while (this.#waiters.size > 0) {
      const sliceMs = Math.min(this.#options.sliceMs, this.#longestRemainingMs());
      const wanted = this.#smallestWanted();
      try {
        const { reached, applying } = await this.#options.probe.waitForPosition(wanted, sliceMs);
        this.#options.onReached(reached);
        this.#wake();
        if (!applying) this.#endAll('NOT_APPLYING');
        // The node was lost meanwhile and its word does not count: asking on would be answered at once, for ever.
        else if (reached.includes(wanted) && !this.includes(wanted)) this.#endAll('UNREACHABLE');
      } catch {
        this.#endAll('UNREACHABLE');
      }
    }
    this.#looping = false;
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (this.includes(waiter.position)) waiter.end('REACHED');
  }

  #endAll(outcome: WaitOutcome): void {
    for (const waiter of this.#waiters) waiter.end(outcome);
  }

  #smallestWanted(): Position {
    let smallest: Position | null = null;
    for (const { position } of this.#waiters) if (smallest === null || smallest.includes(position)) smallest = position;
    if (smallest === null) throw new Error('no request is waiting');
    return smallest;
  }

  #longestRemainingMs(): number {
    const now = this.#options.clock.monotonic();
    let longest = leastSliceMs;
    for (const { untilMs } of this.#waiters) longest = Math.max(longest, untilMs - now);
    return longest;
  }
}
