import { beforeEach, describe, expect, it } from 'vitest';
import { ConsistencyTimeoutError } from '../../../src/consistency/errors.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import {
  RequestAbandonedError,
  SourceReadsExhaustedError,
  SourceUnavailableError,
} from '../../../src/routing/errors.ts';
import { type Route, type RouteDecision, routeReasons } from '../../../src/routing/route-decision.ts';
import { RouteMetrics } from '../../../src/routing/route-metrics.ts';

let counted: string[];
let declared: Map<string, Readonly<Record<string, readonly string[]>>>;

const words = (labels: object) => Object.values(labels).join(' ');
const recording: Metrics = {
  counter: ({ name, labels: values }) => {
    declared.set(name, values);
    return (labels) => void counted.push(`${name} ${words(labels)}`);
  },
  histogram: ({ name, labels: values, buckets }) => {
    declared.set(name, values);
    expect(buckets.length).toBeGreaterThan(0);
    return (labels, value) => void counted.push(`${name} ${words(labels)} ${value}`);
  },
  gauge: () => () => undefined,
  countedElsewhere: () => () => undefined,
};

let metrics: RouteMetrics;
beforeEach(() => {
  counted = [];
  declared = new Map();
  metrics = new RouteMetrics(recording);
});

const route = (given: Partial<RouteDecision> = {}): Route => ({
  decision: { node: 'replica-1', role: 'REPLICA', reason: 'any-replica', waitedMs: 0, ...given },
  end: () => undefined,
});

describe('what is counted of an operation', () => {
  it.each<[string, Partial<RouteDecision>, readonly string[]]>([
    ['that went to a replica', {}, ['tidemark_route_decisions_total REPLICA any-replica']],
    [
      'that waited for a replica',
      { reason: 'replica-after-wait', waitedMs: 30 },
      ['tidemark_route_decisions_total REPLICA replica-after-wait', 'tidemark_route_wait_seconds replica 0.03'],
    ],
    [
      'that waited for a replica, and went to the source',
      { role: 'SOURCE', reason: 'source-after-wait', waitedMs: 50 },
      ['tidemark_route_decisions_total SOURCE source-after-wait', 'tidemark_route_wait_seconds source 0.05'],
    ],
    [
      'that the backup answered',
      { role: 'BACKUP', reason: 'backup-last-resort' },
      ['tidemark_route_decisions_total BACKUP backup-last-resort'],
    ],
  ])('%s', async (_, decision, expected) => {
    const chosen = route(decision);
    expect(await metrics.read(async () => chosen)).toBe(chosen);
    expect(counted).toEqual(expected);
    counted = [];
    expect(metrics.write(() => chosen)).toBe(chosen);
    expect(counted).toEqual(expected);
  });

  it.each<[Error, readonly string[]]>([
    [new SourceUnavailableError('no'), ['tidemark_route_refusals_total SOURCE_UNAVAILABLE']],
    [new SourceReadsExhaustedError(2), ['tidemark_route_refusals_total SOURCE_READS_EXHAUSTED']],
    [new RequestAbandonedError(), ['tidemark_route_refusals_total REQUEST_ABANDONED']],
    [
      new ConsistencyTimeoutError({ wanted: null, current: null, waitedMs: 0 }),
      ['tidemark_route_refusals_total CONSISTENCY_TIMEOUT'],
    ],
    [
      new ConsistencyTimeoutError({ wanted: null, current: null, waitedMs: 40 }),
      ['tidemark_route_refusals_total CONSISTENCY_TIMEOUT', 'tidemark_route_wait_seconds refused 0.04'],
    ],
    [
      new SourceUnavailableError('no', { facts: { waitedMs: '40' } }),
      ['tidemark_route_refusals_total SOURCE_UNAVAILABLE'],
    ],
    [new TypeError('a bug is no refusal'), []],
  ])('that was refused with %o, which is passed on', async (refusal, expected) => {
    const refuse = () => {
      throw refusal;
    };
    await expect(metrics.read(async () => refuse())).rejects.toBe(refusal);
    expect(counted).toEqual(expected);
    counted = [];
    expect(() => metrics.write(refuse)).toThrow(refusal);
    expect(counted).toEqual(expected);
  });

  it('has all its values declared', () => {
    expect(Object.fromEntries(declared)).toEqual({
      tidemark_route_decisions_total: {
        role: ['SOURCE', 'REPLICA', 'BACKUP'],
        reason: Object.keys(routeReasons),
      },
      tidemark_route_refusals_total: {
        code: [
          'SOURCE_UNAVAILABLE',
          'LIMITED_FUNCTIONALITY',
          'SOURCE_READS_EXHAUSTED',
          'CONSISTENCY_TIMEOUT',
          'REQUEST_ABANDONED',
        ],
      },
      tidemark_route_wait_seconds: { outcome: ['replica', 'source', 'refused'] },
    });
  });
});

it('every reason is explained, in words of its own', () => {
  const explained = Object.values(routeReasons);
  expect(new Set(explained).size).toBe(explained.length);
  for (const text of explained) expect(text).toMatch(/^[a-z].{10,}$/);
});
