import type { OutboxEntry } from '../outbox/outbox.ts';
import type { RecordToApply } from '../servers/mirror-side.ts';

/** Records of one model that are applied together, and the outbox entries that this settles. */
export type ApplyBatch = {
  readonly model: string;
  readonly records: readonly RecordToApply[];
  readonly entries: readonly OutboxEntry[];
};

/** `entries` are ordered by id. However often a record changed it is applied once, because an entry says that it changed, not how. */
export function planBatches(entries: readonly OutboxEntry[]): ApplyBatch[] {
  return [...groupBy(entries, ({ model }) => model)].map(([model, own]) => batchOf(model, own));
}

/** Two batches of half the records each, to find the one that is refused. */
export function halves({ model, records, entries }: ApplyBatch): ApplyBatch[] {
  const first = new Set(records.slice(0, Math.ceil(records.length / 2)).map(({ recordKey }) => recordKey));
  const [left, right] = [true, false].map((side) => entries.filter(({ recordKey }) => first.has(recordKey) === side));
  return [left, right].flatMap((half) => (half === undefined || half.length === 0 ? [] : [batchOf(model, half)]));
}

function batchOf(model: string, entries: readonly OutboxEntry[]): ApplyBatch {
  const records = [...groupBy(entries, ({ recordKey }) => recordKey)].map(([recordKey, own]) => ({
    recordKey,
    outboxId: own.at(-1)?.id ?? 0n,
  }));
  return { model, records, entries };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
