// All attempts of one intention together: what became of it, where on the order's line it stands, since when it may show.
import { isRead, isWrite, type Operation, type WriteOperation, type WriteOutcome } from '../history.ts';
import { deletedForGood, type EarliestDelete } from './rank.ts';

export type IntendedWrite = {
  readonly write: number;
  readonly kind: WriteOperation['kind'];
  readonly session: number;
  /** By time of invocation. An effect can be no earlier than the first. */
  readonly attempts: readonly [WriteOperation, ...WriteOperation[]];
  /** Committed if any attempt was, else indeterminate if any was: a refused retry says nothing about the try before it. */
  readonly fate: WriteOutcome;
  readonly order: string | null;
  /** `null` when nobody was told the version and nobody saw it. */
  readonly rank: number | null;
};

export type IntendedWrites = {
  readonly all: readonly IntendedWrite[];
  byNumber(write: number): IntendedWrite | undefined;
  /** Those whose place on the line is known, lowest first. */
  of(order: string): readonly IntendedWrite[];
  readonly earliestDelete: EarliestDelete;
};

export function intendedWrites(operations: readonly Operation[]): IntendedWrites {
  const attempts = new Map<number, WriteOperation[]>();
  for (const operation of operations) {
    if (!isWrite(operation)) continue;
    const known = attempts.get(operation.write);
    if (known) known.push(operation);
    else attempts.set(operation.write, [operation]);
  }
  const places = seenPlaces(operations);
  const all = [...attempts].map(([write, tries]) => intended(write, tries, places));
  const byNumber = new Map(all.map((write) => [write.write, write]));
  const byOrder = new Map<string, IntendedWrite[]>();
  for (const write of all) {
    if (write.order === null || write.rank === null) continue;
    byOrder.set(write.order, [...(byOrder.get(write.order) ?? []), write]);
  }
  for (const writes of byOrder.values()) writes.sort((left, right) => (left.rank ?? 0) - (right.rank ?? 0));
  const deletes = new Map<string, number>();
  for (const { kind, fate, order, attempts: tries } of all) {
    if (kind !== 'delete' || fate === 'rejected' || order === null) continue;
    deletes.set(order, Math.min(deletes.get(order) ?? Number.POSITIVE_INFINITY, tries[0].startedAtMs));
  }
  return {
    all,
    byNumber: (write) => byNumber.get(write),
    of: (order) => byOrder.get(order) ?? [],
    earliestDelete: (order) => deletes.get(order),
  };
}

type Place = { readonly order: string; readonly version: number };

function seenPlaces(operations: readonly Operation[]): Map<number, Place> {
  const places = new Map<number, Place>();
  for (const operation of operations) {
    if (!isRead(operation)) continue;
    for (const { order, version, write } of operation.seen) {
      if (version !== null && write !== null && !places.has(write)) places.set(write, { order, version });
    }
  }
  return places;
}

function intended(write: number, tries: readonly WriteOperation[], places: Map<number, Place>): IntendedWrite {
  const attempts = tries.toSorted((left, right) => left.startedAtMs - right.startedAtMs) as [WriteOperation];
  const [first] = attempts;
  const committed = attempts.find((attempt) => attempt.outcome === 'committed');
  const place = places.get(write);
  const identity = { write, kind: first.kind, session: first.session, attempts };
  if (committed) {
    const rank = committed.kind === 'delete' ? deletedForGood : committed.version;
    return { ...identity, fate: 'committed', order: committed.order, rank };
  }
  const fate = attempts.some((attempt) => attempt.outcome === 'indeterminate') ? 'indeterminate' : 'rejected';
  return { ...identity, fate, order: first.order ?? place?.order ?? null, rank: place?.version ?? null };
}
