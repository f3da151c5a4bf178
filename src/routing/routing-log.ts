import { TooManyListenersError } from '../cluster/cluster-events.ts';
import type { NodeRole } from '../cluster/node.ts';
import type { ConsistencyLevel } from '../consistency/levels.ts';
import type { Position } from '../consistency/position.ts';
import { BoundedStream } from '../platform/bounded-stream.ts';
import { Shares } from '../platform/shares.ts';
import type { RouteDecision } from './route-decision.ts';

/** One operation that requested a node. Contains nothing that its client sent except the operation's name. */
export type RoutedOperation = {
  /** Counts up from 1, without gaps. */
  readonly sequence: number;
  /** When it was answered, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly operation: { readonly name: string | null; readonly type: string };
  readonly level: ConsistencyLevel;
  /** What a replica had to include; `null` if nothing. */
  readonly required: Position | null;
  /** `null` if no node was chosen: then there is an error with the reason. */
  readonly decision: RouteDecision | null;
  readonly tookMs: number;
  /** Code of the first error of the answer. */
  readonly errorCode: string | null;
};

/** All conditions that are set must hold. */
export type RoutingLogFilter = {
  readonly node?: string | undefined;
  readonly role?: NodeRole | undefined;
  readonly reasons?: readonly string[] | undefined;
  readonly level?: ConsistencyLevel | undefined;
  /** `query` or `mutation`. */
  readonly kind?: string | undefined;
  /** A part of the operation's name; case does not matter. */
  readonly name?: string | undefined;
  readonly failed?: boolean | undefined;
  readonly minWaitedMs?: number | undefined;
};

export function matchesFilter(entry: RoutedOperation, filter: RoutingLogFilter): boolean {
  const { decision, operation } = entry;
  const { node, role, reasons, level, kind, name, failed, minWaitedMs } = filter;
  return (
    (node === undefined || decision?.node === node) &&
    (role === undefined || decision?.role === role) &&
    (reasons === undefined || (decision !== null && reasons.includes(decision.reason))) &&
    (level === undefined || entry.level === level) &&
    (kind === undefined || operation.type === kind) &&
    (name === undefined || (operation.name ?? '').toLowerCase().includes(name.toLowerCase())) &&
    (failed === undefined || (entry.errorCode !== null) === failed) &&
    (minWaitedMs === undefined || (decision?.waitedMs ?? 0) >= minWaitedMs)
  );
}

/** Operations buffered for a slow reader. */
const unreadCapacity = 200;
/** In total and per client: every operation is matched against each of them. */
const maxReaders = 100;
const maxReadersPerClient = 20;

/** The last operations of this process, in a ring: recording one costs the same however many there are. */
export class RoutingLog {
  readonly capacity: number;
  readonly #ring: RoutedOperation[] = [];
  readonly #readers = new Map<BoundedStream<RoutedOperation>, RoutingLogFilter>();
  readonly #places = new Shares(maxReaders, maxReadersPerClient);
  #noted = 0;
  #closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  note(routed: Omit<RoutedOperation, 'sequence'>): void {
    const entry = { sequence: this.#noted + 1, ...routed };
    this.#ring[this.#noted % this.capacity] = entry;
    this.#noted += 1;
    for (const [reader, filter] of this.#readers) if (matchesFilter(entry, filter)) reader.write(entry);
  }

  /** At most `count` matching operations, newest first. */
  last(count: number, filter: RoutingLogFilter): readonly RoutedOperation[] {
    const found: RoutedOperation[] = [];
    const oldest = Math.max(0, this.#noted - this.capacity);
    for (let index = this.#noted - 1; index >= oldest && found.length < count; index -= 1) {
      const entry = this.#ring[index % this.capacity];
      if (entry !== undefined && matchesFilter(entry, filter)) found.push(entry);
    }
    return found;
  }

  /** Matching operations from now on. Throws `TooManyListenersError`. */
  open(filter: RoutingLogFilter, client: string): BoundedStream<RoutedOperation> {
    const usedUp = this.#places.take(client);
    if (usedUp === 'all') throw new TooManyListenersError(maxReaders, 'routed operations');
    if (usedUp !== null) throw new TooManyListenersError(maxReadersPerClient, 'routed operations', 'per client');
    const stream = new BoundedStream<RoutedOperation>(unreadCapacity, () => {
      this.#readers.delete(stream);
      this.#places.giveBack(client);
    });
    this.#readers.set(stream, filter);
    if (this.#closed) stream.end();
    return stream;
  }

  /** Ends all streams; those opened later end at once. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#readers.keys()]) stream.end();
  }
}
