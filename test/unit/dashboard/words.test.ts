import { describe, expect, it } from 'vitest';
import { ageInWords, durationInWords } from '../../../src/dashboard/answers/age-words.ts';
import { answerFacts } from '../../../src/dashboard/answers/answer-facts.ts';
import { reasonInFull, reasonInShort } from '../../../src/dashboard/answers/reason-words.ts';
import { amountOf, hundredthsOf, readableAmount } from '../../../src/dashboard/orders/amounts.ts';
import { orderStatuses as shownStatuses } from '../../../src/dashboard/orders/order-view.ts';
import { nextStatuses } from '../../../src/dashboard/orders/status-words.ts';
import { allowedTransitions, orderStatuses } from '../../../src/orders/order-status.ts';
import { routeReasons } from '../../../src/routing/route-decision.ts';

describe('what an answer says of itself', () => {
  it('is read out of its extensions', () => {
    const consistency = {
      token: 't',
      level: 'SESSION',
      servedBy: { node: 'replica-1', role: 'REPLICA' },
      reason: 'replica-after-wait',
      waitedMs: 12.5,
    };
    expect(answerFacts({ consistency }, 20, 1000)).toEqual({
      node: 'replica-1',
      role: 'REPLICA',
      reason: 'replica-after-wait',
      level: 'SESSION',
      waitedMs: 12.5,
      cachedAgeMs: null,
      tookMs: 20,
      receivedAtMs: 1000,
    });
  });

  it.each([undefined, null, 'x', {}, { consistency: 3 }])('is nothing in %j', (extensions) => {
    expect(answerFacts(extensions, 1, 1)).toBeNull();
  });

  it('does not claim that the user requested the newest data', () => {
    expect(reasonInShort('strong-read')).toBe('newest data');
    expect(reasonInFull('strong-read')).toMatch(/^The newest data was requested, or /);
  });

  it('has words for every reason that there is', () => {
    for (const reason of Object.keys(routeReasons)) {
      expect(reasonInFull(reason), reason).toMatch(/\.$/);
      expect(reasonInShort(reason).length, reason).toBeLessThan(24);
    }
  });
});

describe('words for people', () => {
  it('tell an age', () => {
    expect([0, 900, 8000, 61_000, 7_300_000].map(ageInWords)).toEqual(['now', 'now', '8 s', '1 min', '2 h']);
  });

  it('tell a duration', () => {
    expect([0, 1.25, 12.6, 1500].map(durationInWords)).toEqual(['0 ms', '1.3 ms', '13 ms', '1.5 s']);
  });

  it('tell amounts exactly', () => {
    expect(['12', '12.5', '0.05'].map((text) => amountOf(hundredthsOf(text) ?? -1n))).toEqual([
      '12.00',
      '12.50',
      '0.05',
    ]);
    expect(['', '-1', '1.005', '1e3', '12,50'].map(hundredthsOf)).toEqual([null, null, null, null, null]);
    expect(readableAmount('1234567.80')).toBe('1,234,567.80');
    expect(readableAmount('2716.00', 'JPY')).toBe('2,716');
    expect(readableAmount('2716.50', 'JPY')).toBe('2,716.50');
    expect(readableAmount('2716.00', 'EUR')).toBe('2,716.00');
    expect(readableAmount('2716.00', 'no currency')).toBe('2,716.00');
  });

  it('offer the statuses that the API allows', () => {
    expect(nextStatuses).toEqual(allowedTransitions);
    expect(shownStatuses).toEqual(orderStatuses);
  });
});
