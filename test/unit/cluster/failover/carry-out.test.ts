/** The steps of a plan on servers that do what a test tells them to; on real ones: test/integration/failover.test.ts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type CarryOutOptions, carryOut } from '../../../../src/cluster/failover/carry-out.ts';
import { FailoverStepError } from '../../../../src/cluster/failover/errors.ts';
import type { MemberFacts } from '../../../../src/cluster/failover/member.ts';
import type { NodeControl } from '../../../../src/cluster/failover/node-control.ts';
import type { Step } from '../../../../src/cluster/failover/plan.ts';
import { parsePosition } from '../../../support/positions.ts';
import { TickingClock } from '../../../support/ticking-clock.ts';
import { firstEpoch, member } from './described-members.ts';

type Call = keyof NodeControl;

let clock: TickingClock;
/** What was done, as `node call`; probes are left out. */
let done: string[];
let told: string[];
let seen: Map<string, MemberFacts>;
let failing: Map<string, Error>;
let leases: boolean[];

beforeEach(() => {
  clock = new TickingClock();
  done = [];
  told = [];
  failing = new Map();
  leases = [];
  seen = new Map();
  see('source', {});
  see('replica-1', { receiver: 'CONNECTED' });
  see('replica-2', { receiver: 'CONNECTED' });
});

function see(name: string, given: Parameters<typeof member>[1]): void {
  const { facts } = member(name, given);
  if (facts !== null) seen.set(name, facts);
}

function control(node: string): NodeControl {
  const call = async (name: Call, words = '') => {
    if (name !== 'probe') done.push(`${node} ${name}${words && ` ${words}`}`);
    const failure = failing.get(`${node} ${name}`);
    if (failure !== undefined) throw failure;
  };
  return {
    probe: async () => {
      await call('probe');
      const facts = seen.get(node);
      if (facts === undefined) throw new Error(`${node} is not there`);
      return facts;
    },
    refuseWrites: () => call('refuseWrites'),
    acceptWrites: () => call('acceptWrites'),
    stopReceiving: () => call('stopReceiving'),
    startApplying: () => call('startApplying'),
    stopReplicating: ({ forget }) => call('stopReplicating', forget ? 'and forgets' : ''),
    follow: ({ port }, account) => call('follow', `${port}${account === null ? '' : ` as ${account.user}`}`),
    copyFrom: async (_, onTable) => {
      await call('copyFrom');
      onTable('orders', 3);
    },
    recordEpoch: ({ epoch, sourceId, endOfPrevious }) =>
      call('recordEpoch', `${epoch} of ${sourceId} behind ${endOfPrevious?.format()}`),
    close: () => call('close'),
  };
}

const account = { user: 'replicator', password: 'secret' };

/** Carries out while time goes by. */
async function run(steps: readonly Step[], given: Partial<CarryOutOptions> = {}): Promise<readonly string[] | string> {
  const going = carryOut(steps, {
    control,
    clock,
    account,
    mayGoOn: async () => leases.shift() ?? true,
    progress: (step, outcome, _, reason) =>
      told.push(`${step.node} ${step.kind} ${outcome}${reason ? `: ${reason}` : ''}`),
    applyTimeoutMs: 1000,
    ...given,
  }).then(
    ({ leftOut }) => leftOut,
    (error: unknown) => {
      if (error instanceof FailoverStepError) return error.message;
      throw error;
    },
  );
  await clock.tick(10_000);
  return going;
}

const switchover: readonly Step[] = [
  { kind: 'refuse-writes', node: 'source' },
  { kind: 'catch-up', node: 'replica-1', source: 'source' },
  { kind: 'stop-replicating', node: 'replica-1', forget: true },
  { kind: 'follow', node: 'source', source: 'replica-1' },
  { kind: 'record-epoch', node: 'replica-1', epoch: 2 },
  { kind: 'accept-writes', node: 'replica-1' },
];
const promotion: readonly Step[] = [
  { kind: 'refuse-writes', node: 'source' },
  { kind: 'apply-received', node: 'replica-1' },
  { kind: 'record-epoch', node: 'replica-1', epoch: 2 },
  { kind: 'accept-writes', node: 'replica-1' },
];

describe('a switchover', () => {
  it('does its steps in order', async () => {
    see('source', { receiver: 'CONNECTED', follows: 'replica-1' });
    expect(await run(switchover)).toEqual([]);
    expect(done).toEqual([
      'source refuseWrites',
      'replica-1 stopReplicating and forgets',
      'source refuseWrites',
      'source follow 3301',
      'replica-1 recordEpoch 2 of replica-1@db behind 0-1-100',
      'replica-1 acceptWrites',
    ]);
    expect(told.every((line) => line.endsWith(' done'))).toBe(true);
  });

  it.each<[string, string, boolean]>([
    ['its source cannot be stopped', 'source refuseWrites', true],
    ['its target cannot be asked', 'replica-1 probe', true],
    ['its target does not let go of the source', 'replica-1 stopReplicating', true],
    ['its epoch was begun, and may be recorded', 'replica-1 recordEpoch', false],
    ['its target does not take writes', 'replica-1 acceptWrites', false],
  ])('that ends because %s lets the source write again only before the epoch: %s', async (_, failure, takenBack) => {
    failing.set(failure, new Error('gone'));
    see('source', { receiver: 'CONNECTED', follows: 'replica-1' });
    expect(await run(switchover)).toMatch(/: gone$/);
    expect(done.includes('source acceptWrites')).toBe(takenBack);
  });

  it('that lost its lease goes no further, and lets the source write again', async () => {
    leases = [true, true, false];
    expect(await run(switchover)).toBe('replica-1 stops replicating for good: the lease was lost');
    expect(done).toEqual(['source refuseWrites', 'source acceptWrites']);
  });

  it('that lost its lease before its first step leaves the source alone', async () => {
    leases = [false];
    expect(await run(switchover)).toMatch(/the lease was lost/);
    expect(done).toEqual([]);
  });

  it('ends with the fault of the step, also when the source does not answer any more', async () => {
    failing.set('replica-1 stopReplicating', new Error('gone'));
    failing.set('source acceptWrites', new Error('gone too'));
    expect(await run(switchover)).toBe('replica-1 stops replicating for good: gone');
  });

  it('records no epoch twice', async () => {
    see('source', { receiver: 'CONNECTED', follows: 'replica-1' });
    see('replica-1', { epochs: [...firstEpoch, { epoch: 2, sourceId: 'x', endOfPrevious: null }] });
    await run(switchover);
    expect(done.filter((line) => line.includes('recordEpoch'))).toEqual([]);
  });

  it.each([
    [null, true],
    [[], true],
    [firstEpoch, true],
  ])('records its epoch where %j is known', async (epochs, records) => {
    see('replica-1', { epochs });
    await run([{ kind: 'record-epoch', node: 'replica-1', epoch: 2 }]);
    expect(done.length > 0).toBe(records);
  });
});

describe('a promotion', () => {
  it('that fails gives no writes back: a stopped server may have been deposed', async () => {
    failing.set('replica-1 startApplying', new Error('gone'));
    expect(await run(promotion)).toBe('replica-1 applies what it has received: gone');
    expect(done).toEqual(['source refuseWrites', 'replica-1 startApplying']);
  });

  it('starts what applies, and goes on when everything received is there', async () => {
    see('replica-1', { position: '0-1-90', received: '0-1-100' });
    clock.after(50, () => see('replica-1', { position: '0-1-100' }));
    expect(await run(promotion)).toEqual([]);
    expect(done).toContain('replica-1 recordEpoch 2 of replica-1@db behind 0-1-100');
  });

  it.each<[string, Parameters<typeof member>[1], string]>([
    ['it is not known what was received', { received: null }, 'cannot determine what it has received'],
    [
      'what applies has stopped over an error',
      { position: '0-1-90', received: '0-1-100', applier: 'STOPPED', replicationError: 'error 1062' },
      'error 1062',
    ],
    [
      'what applies has stopped',
      { position: '0-1-90', received: '0-1-100', applier: 'STOPPED' },
      'it has stopped applying',
    ],
    ['it takes too long', { position: '0-1-90', received: '0-1-100' }, 'not done after 1000 ms'],
  ])('ends when %s', async (_, given, reason) => {
    see('replica-1', given);
    expect(await run(promotion)).toBe(`replica-1 applies what it has received: ${reason}`);
    expect(told).toEqual(['source refuse-writes done', `replica-1 apply-received failed: ${reason}`]);
    expect(done).not.toContain('replica-1 acceptWrites');
  });

  it('does not mind that what applies has stopped when everything is there', async () => {
    see('replica-1', { applier: 'STOPPED' });
    expect(await run(promotion)).toEqual([]);
  });

  it('waits for the whole time, and no longer', async () => {
    see('replica-1', { position: '0-1-90', received: '0-1-100' });
    clock.after(1000, () => see('replica-1', { position: '0-1-100' }));
    expect(await run(promotion)).toEqual([]);
  });
});

describe('a server that is to follow', () => {
  const follow: readonly Step[] = [{ kind: 'follow', node: 'replica-1', source: 'source' }];

  it.each<[string, Parameters<typeof member>[1], readonly string[]]>([
    ['with the account that it has', { receiver: 'CONNECTED' }, ['replica-1 follow 3300']],
    [
      'with the account that it is given, when it never followed',
      { receiver: 'CONNECTED', applier: 'RUNNING', follows: null },
      ['replica-1 follow 3300 as replicator'],
    ],
    [
      'after it was made to refuse writes',
      { receiver: 'CONNECTED', readOnly: false },
      ['replica-1 refuseWrites', 'replica-1 follow 3300'],
    ],
  ])('does so %s', async (_, given, expected) => {
    see('replica-1', given);
    expect(await run(follow)).toEqual([]);
    expect(done).toEqual(expected);
  });

  it.each<[string, Parameters<typeof member>[1], readonly string[]]>([
    ['is left out when it never connects', { receiver: 'CONNECTING' }, ['replica-1']],
    ['is left out when it does not apply', { receiver: 'CONNECTED', applier: 'STOPPED' }, ['replica-1']],
    ['is left out over an error', { receiver: 'CONNECTING', replicationError: 'error 1045' }, ['replica-1']],
    ['is no error once it follows', { receiver: 'CONNECTED', replicationError: 'error 1045' }, []],
  ])('%s', async (_, given, leftOut) => {
    see('replica-1', given);
    expect(await run(follow)).toEqual(leftOut);
  });

  it('is waited for, for a while', async () => {
    see('replica-1', { receiver: 'CONNECTING' });
    clock.after(4000, () => see('replica-1', { receiver: 'CONNECTED' }));
    expect(await run(follow)).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('is not waited for once an error tells that it will not', async () => {
    see('replica-1', { receiver: 'CONNECTING', replicationError: 'error 1045' });
    const going = carryOut(follow, {
      control,
      clock,
      account,
      mayGoOn: async () => true,
      progress: () => undefined,
      applyTimeoutMs: 1000,
    });
    await clock.tick(0);
    expect(await going).toEqual({ leftOut: ['replica-1'] });
  });

  it('and cannot is left out, and the others go on', async () => {
    failing.set('replica-1 follow', new Error('no'));
    const steps: readonly Step[] = [
      ...follow,
      { kind: 'follow', node: 'replica-2', source: 'source' },
      { kind: 'accept-writes', node: 'source' },
    ];
    expect(await run(steps)).toEqual(['replica-1']);
    expect(done).toContain('replica-2 follow 3300');
    expect(done.at(-1)).toBe('source acceptWrites');
    expect(told).toEqual(['replica-1 follow failed: no', 'replica-2 follow done', 'source accept-writes done']);
  });

  it('and is lost afterwards is left out', async () => {
    const going = run([...follow, { kind: 'accept-writes', node: 'source' }], {
      progress: ({ kind }) => kind === 'accept-writes' && failing.set('replica-1 probe', new Error('gone')),
    });
    expect(await going).toEqual(['replica-1']);
  });
});

describe('other steps', () => {
  it('stop receiving, and stop replicating without forgetting', async () => {
    await run([
      { kind: 'stop-receiving', node: 'replica-1' },
      { kind: 'stop-replicating', node: 'replica-2', forget: false },
    ]);
    expect(done).toEqual(['replica-1 stopReceiving', 'replica-2 stopReplicating']);
  });

  it('copy, and tell of each table', async () => {
    const copied: string[] = [];
    await run([{ kind: 'copy', node: 'replica-1', source: 'source' }], {
      copied: (table, rows) => copied.push(`${table} ${rows}`),
    });
    expect(copied).toEqual(['orders 3']);
  });

  it('work without a listener', async () => {
    expect(await run([{ kind: 'copy', node: 'replica-1', source: 'source' }])).toEqual([]);
  });

  it('tell how long they took', async () => {
    const took: number[] = [];
    see('replica-1', { position: '0-1-90', received: '0-1-100' });
    clock.after(45, () => see('replica-1', { position: '0-1-100' }));
    await run([{ kind: 'apply-received', node: 'replica-1' }], { progress: (_, __, tookMs) => took.push(tookMs) });
    expect(took).toEqual([50]);
  });

  it('catch up with what the source has when it was stopped, not when it was planned', async () => {
    see('source', { position: '0-1-200' });
    see('replica-1', { position: '0-1-150', received: '0-1-150' });
    clock.after(100, () =>
      seen.set('replica-1', {
        ...(seen.get('replica-1') as MemberFacts),
        position: parsePosition('mariadb', '0-1-200'),
      }),
    );
    expect(await run([{ kind: 'catch-up', node: 'replica-1', source: 'source' }])).toEqual([]);
  });
});
