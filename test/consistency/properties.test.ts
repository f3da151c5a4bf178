import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { Guarantee } from './checkers/anomaly.ts';
import { verdictsByDefinition } from './definitions.ts';
import type { Operation } from './history.ts';
import { simulatedOperations, steps } from './simulated-history.ts';

const sessionGuarantees: readonly Guarantee[] = [
  'read your writes',
  'monotonic reads',
  'monotonic writes',
  'writes follow reads',
];

const found = (operations: readonly Operation[]) => checkHistory({ operations });

test('fresh replicas of a linear source have no anomalies, however requests overlap and answers get lost', () => {
  fc.assert(
    fc.property(steps({ lag: 0, overlap: 3 }), (plan) => {
      expect(found(simulatedOperations(plan))).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});

test('late replicas are accused exactly where the definitions accuse them', () => {
  let accused = 0;
  fc.assert(
    fc.property(steps({ lag: 4, overlap: 2 }), (plan) => {
      const operations = simulatedOperations(plan);
      const anomalies = found(operations);
      accused += anomalies.length;
      const verdicts = anomalies
        .filter(({ guarantee }) => sessionGuarantees.includes(guarantee))
        .map(({ guarantee, operations: ids }) => `${guarantee} ${ids.at(-1)}`);
      const expected = verdictsByDefinition(operations).map(({ guarantee, operation }) => `${guarantee} ${operation}`);
      expect([...new Set(verdicts)].sort()).toEqual([...new Set(expected)].sort());
    }),
    { numRuns: 1500 },
  );
  expect(accused).toBeGreaterThan(0);
});

test('late replicas lose nothing and invent nothing', () => {
  fc.assert(
    fc.property(steps({ lag: 6, overlap: 2 }), (plan) => {
      const others = found(simulatedOperations(plan)).filter(({ guarantee }) => !sessionGuarantees.includes(guarantee));
      expect(others).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a stale read put into a fresh history is found', () => {
  fc.assert(
    fc.property(steps({ lag: 0, overlap: 2 }), fc.nat(), (plan, pick) => {
      const operations = simulatedOperations(plan);
      const updates = operations.flatMap((operation) => {
        if (operation.kind !== 'update' || operation.outcome !== 'committed') return [];
        const { session, order, version } = operation;
        return order === null || version === null ? [] : [{ session, order, version }];
      });
      const update = updates[pick % Math.max(1, updates.length)];
      // A plan without an update is replaced by another one: all runs that are counted check something.
      fc.pre(update !== undefined);
      const stale: Operation = {
        id: 9_999,
        session: update.session,
        sequence: 9_999,
        startedAtMs: 9_999,
        endedAtMs: 10_000,
        kind: 'one',
        level: 'SESSION',
        outcome: 'ok',
        seen: [{ order: update.order, version: update.version - 1, write: null }],
        served: null,
        error: null,
        final: false,
      };
      const guarantees = found([...operations, stale]).map((anomaly) => anomaly.guarantee);
      expect(guarantees).toContain('read your writes');
    }),
    { numRuns: 500 },
  );
});
