import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusterSnapshot, writableSource } from '../../../src/cluster/cluster-snapshot.ts';
import { type NodeStatus, nodeStates, unseen } from '../../../src/cluster/node-status.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { NodeLoad } from '../../../src/routing/node-load.ts';
import { eligibleReplicas, freshReplicas, type InFlight, pickBest } from '../../../src/routing/select-node.ts';
import { at, makeNode } from '../../support/scripted-probe.ts';

const nobody: ReadonlySet<string> = new Set();
const idle: InFlight = { of: () => 0 };
const first = () => 0.999;

function replica(name: string, given: Partial<NodeStatus> & { priority?: number; weight?: number } = {}): NodeStatus {
  const { priority = 1, weight = 1, ...status } = given;
  return { ...unseen(makeNode(name, { priority, weight })), state: 'HEALTHY', position: at(5), ...status };
}
const source = (state: NodeStatus['state'] = 'HEALTHY'): NodeStatus => ({
  ...unseen(makeNode('source')),
  state,
  tookWrites: true,
});
const names = (statuses: readonly NodeStatus[]) => statuses.map(({ node }) => node.name);

function pick(snapshot: ClusterSnapshot, required: Position | null, inFlight = idle) {
  return pickBest(freshReplicas(eligibleReplicas(snapshot, nobody), required), inFlight, first)?.node.name ?? null;
}

describe('an eligible replica', () => {
  it.each([
    ['HEALTHY', 'HEALTHY', ['a']],
    ['DEGRADED', 'HEALTHY', []],
    ['DOWN', 'HEALTHY', []],
    ['UNKNOWN', 'HEALTHY', []],
    ['DEGRADED', 'DOWN', ['a']],
    ['DOWN', 'DOWN', []],
    ['UNKNOWN', 'DOWN', []],
  ] as const)('that is %s beside a source that is %s: %j', (state, sourceState, expected) => {
    expect(names(eligibleReplicas([source(sourceState), replica('a', { state })], nobody))).toEqual(expected);
  });

  it('is healthy while there is a healthy one, with or without a source', () => {
    const snapshot = [source('DOWN'), replica('a', { state: 'DEGRADED' }), replica('b')];
    expect(names(eligibleReplicas(snapshot, nobody))).toEqual(['b']);
  });

  it('has not failed the operation already', () => {
    expect(names(eligibleReplicas([source(), replica('a'), replica('b')], new Set(['a'])))).toEqual(['b']);
  });

  it('is neither the source nor a backup', () => {
    const backup = { ...replica('backup'), role: 'BACKUP' as const };
    expect(eligibleReplicas([source(), backup], nobody)).toEqual([]);
  });
});

describe('the best replica', () => {
  const rows: [what: string, snapshot: ClusterSnapshot, required: Position | null, expected: string | null][] = [
    ['any, when nothing is required', [replica('a', { position: null })], null, 'a'],
    ['none of unknown position', [replica('a', { position: null })], at(1), null],
    ['none that is behind', [replica('a'), replica('b')], at(6), null],
    ['the one that is there', [replica('a'), replica('b', { position: at(6) })], at(6), 'b'],
    ['none that lacks a domain', [replica('a', { position: at(9) })], at(1, 1), null],
    ['the lower priority number', [replica('a', { priority: 2 }), replica('b', { priority: 1 })], at(5), 'b'],
    [
      'a higher priority number when the lower is behind',
      [replica('a', { priority: 2 }), replica('b', { priority: 1, position: at(4) })],
      at(5),
      'a',
    ],
  ];
  it.each(rows)('is %s', (_, snapshot, required, expected) => {
    expect(pick([source(), ...snapshot], required)).toBe(expected);
  });

  it('has the fewest requests in flight for its weight', () => {
    const snapshot = [source(), replica('a', { weight: 1 }), replica('b', { weight: 3 })];
    const load = new NodeLoad();
    const picked = { a: 0, b: 0 };
    for (let request = 0; request < 400; request += 1) {
      const name = pick(snapshot, null, load) as 'a' | 'b';
      load.begin(name);
      picked[name] += 1;
    }
    expect(picked).toEqual({ a: 100, b: 300 });
  });

  it('is drawn by lot among equals, so that many processes do not all pick the same', () => {
    const snapshot = [replica('a'), replica('b'), replica('c')];
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const picked = new Map<string, number>();
    for (let draw = 0; draw < 3000; draw += 1) {
      const name = pickBest(snapshot, idle, random)?.node.name ?? '';
      picked.set(name, (picked.get(name) ?? 0) + 1);
    }
    for (const name of ['a', 'b', 'c']) expect(picked.get(name)).toBeGreaterThan(900);
  });
});

const anyStatus = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  state: fc.constantFrom(...nodeStates),
  role: fc.constantFrom('SOURCE', 'REPLICA', 'BACKUP') satisfies fc.Arbitrary<NodeStatus['role']>,
  position: fc.option(fc.nat(9).map((sequence) => (sequence === 0 ? at(9, 1) : at(sequence)))),
  priority: fc.integer({ min: 1, max: 3 }),
  weight: fc.integer({ min: 1, max: 4 }),
  load: fc.nat(6),
});
const anySnapshot = fc.uniqueArray(anyStatus, { selector: ({ name }) => name, maxLength: 5 });

describe('selection, whatever the cluster looks like', () => {
  const property = (
    check: (facts: {
      snapshot: NodeStatus[];
      excluded: Set<string>;
      required: Position | null;
      best: NodeStatus | undefined;
      loadOf: (status: NodeStatus) => number;
    }) => void,
  ) =>
    fc.assert(
      fc.property(
        anySnapshot,
        fc.option(fc.nat(9)),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (given, wanted, excludedNames, chance) => {
          const snapshot = given.map(({ name, load: _, ...status }) => replica(name, status));
          const loads = new Map<string, number>(given.map(({ name, load }) => [name, load]));
          const excluded = new Set<string>(excludedNames);
          const required = wanted === null ? null : at(wanted);
          const inFlight = { of: (name: string) => loads.get(name) ?? 0 };
          const fresh = freshReplicas(eligibleReplicas(snapshot, excluded), required);
          const best = pickBest(fresh, inFlight, () => chance);
          const loadOf = ({ node }: NodeStatus) => inFlight.of(node.name) / node.weight;
          check({ snapshot, excluded, required, best, loadOf });
        },
      ),
      { numRuns: 2000 },
    );

  it('never picks a node that is down, unseen, excluded, or no replica', () => {
    property(({ best, excluded }) => {
      if (best === undefined) return;
      expect(best.role).toBe('REPLICA');
      expect(['HEALTHY', 'DEGRADED']).toContain(best.state);
      expect(excluded.has(best.node.name)).toBe(false);
    });
  });

  it('never picks a degraded node beside a source or a healthy replica', () => {
    property(({ best, snapshot, excluded }) => {
      if (best?.state !== 'DEGRADED') return;
      expect(writableSource(snapshot)).toBeUndefined();
      const healthy = snapshot.filter(({ role, state }) => role === 'REPLICA' && state === 'HEALTHY');
      expect(healthy.every(({ node }) => excluded.has(node.name))).toBe(true);
    });
  });

  it('never picks a node whose position is unknown or does not include the required one', () => {
    property(({ best, required }) => {
      if (best === undefined || required === null) return;
      expect(best.position?.includes(required)).toBe(true);
    });
  });

  it('always picks the lowest priority number, and the least load for its weight within it', () => {
    property(({ best, snapshot, excluded, required, loadOf }) => {
      if (best === undefined) return;
      for (const other of freshReplicas(eligibleReplicas(snapshot, excluded), required)) {
        expect(best.node.priority).toBeLessThanOrEqual(other.node.priority);
        if (best.node.priority === other.node.priority) expect(loadOf(best)).toBeLessThanOrEqual(loadOf(other));
      }
    });
  });
});
