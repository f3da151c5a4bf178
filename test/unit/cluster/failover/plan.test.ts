import { expect, it } from 'vitest';
import { describeStep, type Step } from '../../../../src/cluster/failover/plan.ts';

const steps: readonly Step[] = [
  { kind: 'stop-receiving', node: 'a' },
  { kind: 'apply-received', node: 'a' },
  { kind: 'refuse-writes', node: 'a' },
  { kind: 'catch-up', node: 'a', source: 'old' },
  { kind: 'stop-replicating', node: 'a', forget: true },
  { kind: 'stop-replicating', node: 'a', forget: false },
  { kind: 'copy', node: 'a', source: 'old' },
  { kind: 'follow', node: 'a', source: 'old' },
  { kind: 'record-epoch', node: 'a', epoch: 7 },
  { kind: 'accept-writes', node: 'a' },
];

it('each step is told in words of its own, with its server and what else is in it', () => {
  const told = steps.map(describeStep);
  expect(new Set(told).size).toBe(steps.length);
  for (const [index, { kind, node, ...rest }] of steps.entries()) {
    expect(told[index], kind).toMatch(/^a \w+/);
    for (const value of Object.values(rest)) {
      if (typeof value !== 'boolean') expect(told[index], kind).toContain(`${value}`);
    }
  }
});
