import { describe, expect, it } from 'vitest';
import type { CachedAnswer } from '../../../src/cache/cached-answer.ts';
import { ExecutedAnswers } from '../../../src/graphql/consistency/executed-answers.ts';
import type { CommonReads } from '../../../src/graphql/orders/common-order-reads.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const position = MariadbGtidPosition.parse('0-1-10');
const answer = (): CachedAnswer => ({
  epoch: 1,
  node: 'replica-1',
  role: 'REPLICA',
  includes: position,
  seen: position,
  readAtMs: 0,
  values: {},
});
const operation = (): CommonReads => ({ reads: [], names: [], alone: true });
const data = { orders: { nodes: [{ id: 'a', name: 'tide "table"' }] } };

describe('what an operation has made of an answer', () => {
  it('is found for both, and for no others', () => {
    const executed = new ExecutedAnswers();
    const [one, other] = [answer(), answer()];
    const [page, counts] = [operation(), operation()];
    executed.keep(one, page, data);
    expect(executed.find(one, page)?.data).toBe(data);
    expect(executed.find(one, counts)).toBeNull();
    expect(executed.find(other, page)).toBeNull();
  });

  it('gives way to newer ones', () => {
    const executed = new ExecutedAnswers();
    const kept = answer();
    const operations = Array.from({ length: 5 }, operation);
    for (const each of operations) executed.keep(kept, each, data);
    expect(operations.map((each) => executed.find(kept, each) !== null)).toEqual([false, true, true, true, true]);
  });

  it('is written as JSON would be, with what each answer says of itself', () => {
    const executed = new ExecutedAnswers();
    const [kept, page] = [answer(), operation()];
    executed.keep(kept, page, data);
    const found = executed.find(kept, page);
    for (const rest of [{}, { extensions: { consistency: { token: 't', ageMs: 5 } } }]) {
      const result = { ...found, ...rest };
      const { stringify: _, ...said } = result;
      expect(JSON.parse(found?.stringify(said) ?? '')).toEqual({ data, ...rest });
    }
    expect(JSON.parse(found?.stringify({ data: null, extensions: {} }) ?? '')).toEqual({ data: null, extensions: {} });
  });
});
