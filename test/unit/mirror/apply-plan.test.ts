import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halves, planBatches } from '../../../src/mirror/apply-plan.ts';
import type { OutboxEntry } from '../../../src/outbox/outbox.ts';

const entry = (id: number, model: string, recordKey: string): OutboxEntry => ({
  id: BigInt(id),
  model,
  recordKey,
  attempts: 1,
  createdAtMs: 0,
});
const entries = fc
  .array(fc.tuple(fc.constantFrom('Order', 'User'), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 60 })
  .map((pairs) => pairs.map(([model, key], index) => entry(index + 1, model, String(key))));

describe('a plan', () => {
  it('applies a record once, however often it changed, up to its last entry', () => {
    const [batch] = planBatches([entry(1, 'Order', '7'), entry(2, 'Order', '8'), entry(3, 'Order', '7')]);
    expect(batch?.records).toEqual([
      { recordKey: '7', outboxId: 3n },
      { recordKey: '8', outboxId: 2n },
    ]);
    expect(batch?.entries.map(({ id }) => id)).toEqual([1n, 3n, 2n].sort());
  });

  it('settles every entry once, in batches of one model', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const batches = planBatches(given);
        expect(batches.flatMap((batch) => batch.entries.map(({ id }) => id)).sort()).toEqual(
          given.map(({ id }) => id).sort(),
        );
        for (const batch of batches) {
          expect(new Set(batch.entries.map(({ model }) => model))).toEqual(new Set([batch.model]));
        }
      }),
    );
  });

  it('comes apart into halves until each record stands alone, and loses none', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const alone: string[] = [];
        const open = planBatches(given);
        for (let batch = open.pop(); batch !== undefined; batch = open.pop()) {
          if (batch.records.length > 1) open.push(...halves(batch));
          else alone.push(...batch.entries.map(({ id }) => `${id}`));
        }
        expect(alone.sort()).toEqual(given.map(({ id }) => `${id}`).sort());
      }),
    );
  });
});
