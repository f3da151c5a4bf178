import { describe, expect, it } from 'vitest';
import { consistencyLevels } from '../../../src/consistency/levels.ts';
import {
  keptRows,
  noRows,
  withAnswer,
  withOperations,
  withPause,
} from '../../../src/dashboard/routing-log/live-rows.ts';
import type { RoutedOperation } from '../../../src/dashboard/routing-log/routing-documents.ts';
import { choiceIn, filterOf, levels, searchOf } from '../../../src/dashboard/routing-log/routing-filter.ts';

const operation = (sequence: number, missed = 0): RoutedOperation => ({
  sequence,
  at: new Date(sequence).toISOString(),
  kind: 'QUERY',
  name: null,
  node: 'replica-1',
  role: 'REPLICA',
  reason: 'any-replica',
  level: 'SESSION',
  required: null,
  waitedMs: 0,
  tookMs: 1,
  errorCode: null,
  missed,
});
const sequences = (operations: readonly RoutedOperation[] | null) => operations?.map(({ sequence }) => sequence);

describe('the filters of the routing log', () => {
  it('offer the levels that there are', () => expect(levels).toEqual(consistencyLevels));

  it.each([
    ['', {}],
    ['?node=replica-1&role=REPLICA', { node: 'replica-1', role: 'REPLICA' }],
    ['?role=KING&kind=PRAYER&level=HIGHEST', {}],
    ['?reason=any-replica', { reasons: ['any-replica'] }],
    ['?kind=MUTATION&outcome=failed', { kind: 'MUTATION', failed: true }],
    ['?outcome=answered', { failed: false }],
    ['?outcome=perhaps', {}],
    ['?waited=50', { minWaitedMs: 50 }],
    ['?waited=long', {}],
    ['?name=Order+page&level=STRONG', { name: 'Order page', level: 'STRONG' }],
  ])('in %s ask for %j', (search, filter) => expect(filterOf(choiceIn(search))).toEqual(filter));

  it('come back from the address as they went in', () => {
    for (const search of ['', '?node=a&reason=any-replica', '?name=x+%26+y&outcome=failed']) {
      expect(searchOf(choiceIn(search))).toBe(search);
    }
  });
});

describe('the rows of the routing log', () => {
  it('come newest first, each once, so many at most', () => {
    const rows = withOperations(withAnswer(noRows, [operation(2), operation(1)]), [operation(2), operation(3)]);
    expect(sequences(rows.shown)).toEqual([3, 2, 1]);
    const many = Array.from({ length: keptRows + 20 }, (_, index) => operation(index + 1));
    expect(withOperations(rows, many).shown).toHaveLength(keptRows);
  });

  it('stand still while they are held, and go on with what came meanwhile', () => {
    const held = withOperations(withPause(withAnswer(noRows, [operation(1)]), true), [operation(2), operation(3)]);
    expect([sequences(held.shown), held.held]).toEqual([[1], 2]);
    expect(withAnswer(held, [operation(4)])).toBe(held);
    const going = withPause(held, false);
    expect([sequences(going.shown), going.held]).toEqual([[3, 2, 1], 0]);
  });

  it('that are held from the beginning show what was last', () => {
    expect(sequences(withAnswer(withPause(noRows, true), [operation(1)]).shown)).toEqual([1]);
  });

  it('count what was left out', () => {
    expect(withOperations(noRows, [operation(9, 5), operation(12, 2)]).missed).toBe(7);
  });
});
