import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailedProbe,
  afterGoodProbe,
  afterSilence,
  breakerOf,
  type HealthPolicy,
  inDoubt,
  isSilent,
} from '../../../src/cluster/health.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

const policy: HealthPolicy = { failureThreshold: 2, recoveryThreshold: 2, maxLagMs: 30_000, minServingReplicas: 0 };

/** `early` is a good probe that had begun before the connection was lost. */
type Step = 'good' | 'bad' | 'silent' | 'lost' | 'early' | Partial<ProbeReport>;

function statusAfter(steps: readonly Step[], role: 'SOURCE' | 'REPLICA' = 'REPLICA'): NodeStatus {
  let status = unseen(makeNode(role === 'SOURCE' ? 'source' : 'replica-1'));
  for (const step of steps) {
    if (step === 'bad') status = afterFailedProbe(status, 'refused the connection', policy);
    else if (step === 'silent') status = afterSilence(status, 'does not answer');
    else if (step === 'lost') status = inDoubt(status, 'lost the connection', 5);
    else if (step === 'early') status = afterGoodProbe(status, makeReport(role), 4, policy);
    else status = afterGoodProbe(status, makeReport(role, step === 'good' ? {} : step), 5, policy);
  }
  return status;
}

describe("a node's state", () => {
  const rows: [steps: Step[], state: NodeStatus['state'], trouble: string | null][] = [
    [[], 'UNKNOWN', 'not seen yet'],
    [['good'], 'HEALTHY', null],
    [['bad'], 'UNKNOWN', 'refused the connection'],
    [['bad', 'bad'], 'DOWN', 'refused the connection'],
    [['bad', 'good'], 'HEALTHY', null],
    [['good', 'bad'], 'HEALTHY', null],
    [['good', 'bad', 'good', 'bad'], 'HEALTHY', null],
    [['good', 'bad', 'bad'], 'DOWN', 'refused the connection'],
    [['good', 'bad', 'bad', 'good'], 'DOWN', 'refused the connection'],
    [['good', 'bad', 'bad', 'good', 'bad', 'good'], 'DOWN', 'refused the connection'],
    [['good', 'bad', 'bad', 'good', 'good'], 'HEALTHY', null],
    [['good', 'lost'], 'HEALTHY', null],
    [['good', 'lost', 'good'], 'HEALTHY', null],
    [['good', 'lost', 'bad'], 'DOWN', 'refused the connection'],
    [['good', 'lost', 'early', 'bad'], 'DOWN', 'refused the connection'],
    [['good', 'lost', 'good', 'bad'], 'HEALTHY', null],
    [['good', 'lost', 'lost', 'lost', 'good'], 'HEALTHY', null],
    [['good', 'lost', 'bad', 'good'], 'DOWN', 'refused the connection'],
    [['good', 'lost', 'bad', 'good', 'good'], 'HEALTHY', null],
    [['lost'], 'UNKNOWN', 'not seen yet'],
    [[{ applier: 'STOPPED' }, 'lost'], 'DEGRADED', 'has stopped applying'],
    [['good', 'silent'], 'DOWN', 'does not answer'],
    [['good', 'silent', 'good'], 'HEALTHY', null],
    [['good', 'silent', 'lost', 'lost', 'good'], 'HEALTHY', null],
    [['good', 'silent', 'bad', 'good'], 'DOWN', 'refused the connection'],
    [['silent'], 'DOWN', 'does not answer'],
    [[{ applier: 'STOPPED' }], 'DEGRADED', 'has stopped applying'],
    [[{ applier: 'STOPPED', replicationError: 'error 1062' }], 'DEGRADED', 'has stopped applying (error 1062)'],
    [[{ receiving: false }], 'DEGRADED', 'has stopped receiving'],
    [[{ receiving: false, replicationError: 'error 1236' }], 'DEGRADED', 'has stopped receiving (error 1236)'],
    [[{ applier: 'NONE' }], 'DEGRADED', 'is not a replica of any server'],
    [[{ applier: 'NONE', refusedBy: ['innodb_read_only'] }], 'HEALTHY', null],
    [[{ member: 'ONLINE' }], 'HEALTHY', null],
    // One of several primaries, and not the one that is sent the writes.
    [[{ member: 'ONLINE', applier: 'NONE' }], 'HEALTHY', null],
    [[{ member: 'RECOVERING' }], 'DEGRADED', 'is catching up with its group'],
    [[{ member: 'OFFLINE', applier: 'STOPPED' }], 'DEGRADED', 'is offline in its group'],
    [[{ member: 'ERROR', applier: 'STOPPED' }], 'DEGRADED', 'was expelled from its group'],
    [[{ lagMs: 30_000 }], 'HEALTHY', null],
    [[{ lagMs: 31_000 }], 'DEGRADED', 'is 31000 ms behind'],
    [[{ lagMs: null }], 'HEALTHY', null],
    [['good', { lagMs: 31_000 }], 'HEALTHY', null],
    [['good', { lagMs: 31_000 }, { lagMs: 32_000 }], 'DEGRADED', 'is 32000 ms behind'],
    [['good', { lagMs: 31_000 }, 'good', { lagMs: 31_000 }], 'HEALTHY', null],
    [['good', { applier: 'STOPPED' }], 'DEGRADED', 'has stopped applying'],
    [['good', 'bad', 'bad', 'good', { lagMs: 31_000 }], 'DEGRADED', 'is 31000 ms behind'],
    [[{ applier: 'STOPPED' }, 'good'], 'DEGRADED', 'replicates again, and is on probation'],
    [[{ applier: 'STOPPED' }, 'good', 'good'], 'HEALTHY', null],
    [[{ applier: 'STOPPED' }, 'good', { lagMs: 31_000 }], 'DEGRADED', 'is 31000 ms behind'],
    [[{ applier: 'NONE' }, { applier: 'NONE', readOnly: false }], 'HEALTHY', null],
    [[{ applier: 'STOPPED' }, 'bad'], 'DEGRADED', 'has stopped applying'],
    [['good', 'bad', 'bad', 'good', { applier: 'STOPPED' }], 'DEGRADED', 'has stopped applying'],
    [['good', { lagMs: 90_000, delayMs: 60_000 }, { lagMs: 90_000, delayMs: 60_000 }], 'HEALTHY', null],
    [
      ['good', { lagMs: 91_000, delayMs: 60_000 }, { lagMs: 91_000, delayMs: 60_000 }],
      'DEGRADED',
      'is 91000 ms behind',
    ],
  ];
  it.each(rows)('after %j is %s, trouble: %j', (steps, state, trouble) => {
    expect(statusAfter(steps)).toMatchObject({ state, trouble });
  });
});

describe('a replica that is late', () => {
  it.each([
    [[{ lagMs: 31_000 }], true],
    [[{ lagMs: 31_000 }, 'good'], true],
    [[{ lagMs: 31_000 }, 'good', 'good'], false],
    [['good', { lagMs: 31_000 }], false],
    [[{ lagMs: 0, delayMs: 31_000 }], true],
    [[{ lagMs: 0, delayMs: 30_000 }], false],
    [[{ lagMs: 0, delayMs: 31_000 }, 'good'], false],
    [[{ lagMs: 31_000, applier: 'STOPPED' }], false],
    [[{ lagMs: 31_000 }, { applier: 'STOPPED' }], false],
    [[{ lagMs: 31_000 }, 'lost'], true],
    [[{ lagMs: 31_000 }, 'silent'], false],
    [[{ lagMs: 31_000 }, 'bad', 'bad'], false],
  ] as [Step[], boolean][])('and nothing else, after %j: %s', (steps, isLate) => {
    expect(statusAfter(steps).isLate).toBe(isLate);
  });
});

describe("a node's breaker", () => {
  it.each([
    [[], 'OPEN'],
    [['good'], 'CLOSED'],
    [[{ applier: 'STOPPED' }], 'CLOSED'],
    [['good', 'bad'], 'CLOSED'],
    [['good', 'bad', 'bad'], 'OPEN'],
    [['good', 'bad', 'bad', 'good'], 'HALF_OPEN'],
    [['good', 'bad', 'bad', 'good', 'bad'], 'OPEN'],
    [['good', 'bad', 'bad', 'good', 'good'], 'CLOSED'],
    [['good', 'lost'], 'CLOSED'],
    [['good', 'silent'], 'OPEN'],
  ] as [Step[], string][])('after %j is %s', (steps, breaker) => {
    expect(breakerOf(statusAfter(steps))).toBe(breaker);
  });
});

describe('a node that is well and in trouble in turns', () => {
  const troubles: readonly Step[] = ['bad', { applier: 'STOPPED' }, { lagMs: 31_000 }, { receiving: false }];
  const beginnings: readonly Step[] = ['good', 'bad', 'lost', 'silent', ...troubles];

  it('does not flap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...beginnings), { maxLength: 8 }),
        fc.constantFrom(...troubles),
        fc.integer({ min: 4, max: 20 }),
        (past, trouble, turns) => {
          const steps = [...past];
          const states: string[] = [];
          for (let turn = 0; turn < turns; turn += 1) {
            steps.push(turn % 2 === 0 ? 'good' : trouble);
            states.push(statusAfter(steps).state);
          }
          // What came before may have left it one probe short of a change, in either direction.
          const settled = states.slice(2);
          expect(new Set(settled).size).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe("a node's role", () => {
  it.each([
    ['SOURCE', {}, 'SOURCE'],
    ['SOURCE', { readOnly: true }, 'REPLICA'],
    ['SOURCE', { applier: 'RUNNING' }, 'SOURCE'],
    ['REPLICA', { readOnly: false }, 'REPLICA'],
    ['REPLICA', {}, 'REPLICA'],
    ['REPLICA', { readOnly: false, applier: 'NONE' }, 'SOURCE'],
    ['REPLICA', { readOnly: false, applier: 'STOPPED' }, 'REPLICA'],
    ['SOURCE', { member: 'ONLINE' }, 'SOURCE'],
    ['SOURCE', { member: 'NO_MAJORITY' }, 'REPLICA'],
    ['SOURCE', { member: 'OFFLINE' }, 'REPLICA'],
    ['REPLICA', { member: 'ONLINE', readOnly: false, applier: 'NONE' }, 'SOURCE'],
  ] as const)('of a configured %s that shows %j is %s', (configured, report, role) => {
    expect(statusAfter([report], configured).role).toBe(role);
  });

  it('of a backup stays one, writable or not', () => {
    const backup = unseen(makeNode('backup', { configuredRole: 'BACKUP' }));
    expect(afterGoodProbe(backup, makeReport('SOURCE'), 0, policy).role).toBe('BACKUP');
  });

  it('of a source that is writable again is source again', () => {
    expect(statusAfter([{ readOnly: true }, 'good'], 'SOURCE')).toMatchObject({ role: 'SOURCE', state: 'HEALTHY' });
  });
});

describe("a node's position", () => {
  const position = (steps: readonly Step[]) => statusAfter(steps).position?.format() ?? null;

  it('is unknown until the node was seen', () => expect(position([])).toBeNull());
  it('grows with each probe', () => expect(position(['good', { position: at(7) }])).toBe('0-1-7'));
  it('keeps what was known when a probe fails', () =>
    expect(position([{ position: at(7) }, 'bad', 'bad'])).toBe('0-1-7'));
  it('is unknown after a lost connection', () => expect(position([{ position: at(7) }, 'lost'])).toBeNull());
  it('is what the next probe shows after a lost connection', () => {
    expect(position([{ position: at(7) }, 'lost', { position: at(3) }])).toBe('0-1-3');
  });
  it('starts anew when another server answers', () => {
    expect(position([{ position: at(7) }, { identity: 'server-2', position: at(3) }])).toBe('0-1-3');
  });
  it('starts anew when the server has less than it had', () => {
    expect(position([{ position: at(7) }, { position: at(3) }])).toBe('0-1-3');
  });
  it('starts anew when the server has something else than it had', () => {
    expect(position([{ position: at(7) }, { position: at(9, 1) }])).toBe('1-1-9');
  });
});

describe('a silent node', () => {
  it.each([
    [['good', 'bad'], false],
    [['good', 'bad', 'bad'], true],
    [['good', 'lost'], false],
    [['good', 'lost', 'bad'], false],
    [['good', 'lost', 'bad', 'bad'], true],
    [['good', 'bad', 'bad', 'good'], false],
  ] as [Step[], boolean][])('after %j: %s', (steps, silent) => {
    expect(isSilent(statusAfter(steps), policy)).toBe(silent);
  });
});
