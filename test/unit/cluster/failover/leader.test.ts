import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../../src/cluster/channel.ts';
import { findLeader, newestEpochs } from '../../../../src/cluster/failover/leader.ts';
import type { Member } from '../../../../src/cluster/failover/member.ts';
import { isFedBy, writableSources } from '../../../../src/cluster/failover/roles-of-members.ts';
import type { EpochHistory } from '../../../../src/consistency/epoch.ts';
import { type Described, member as described, firstEpoch, secondEpoch } from './described-members.ts';

type Given = Described & { readonly configuredSource?: boolean };

function member(name: string, { configuredSource, ...given }: Given = {}): Member {
  const made = described(name, given);
  return { ...made, configuredSource: configuredSource ?? made.configuredSource };
}

const down = { down: true } as const;
const alone = { follows: null } as const;
const writable = { readOnly: false, follows: null } as const;
const refusing = { readOnly: true } as const;
const nowhere = { follows: 'replica-9' } as const;
const second = (source: string) => ({ epochs: secondEpoch(source, '0-1-50') });

describe('without a recorded promotion, the source is', () => {
  it.each<[what: string, readonly Member[], leader: string | null]>([
    [
      'of several writable ones the one that is replicated',
      [member('source'), member('replica-1', writable), member('replica-2', { follows: 'replica-1' })],
      'replica-1',
    ],
    [
      'of several that are replicated the configured one',
      [
        member('replica-1', writable),
        member('source'),
        member('replica-2', { follows: 'replica-1' }),
        member('replica-3'),
      ],
      'source',
    ],
    [
      'of several that are not the configured one',
      [member('replica-1', writable), member('source'), member('replica-2', nowhere)],
      'source',
    ],
    [
      'of several that are not configured the first',
      [member('replica-1', writable), member('replica-2', writable), member('source', { ...refusing, ...nowhere })],
      'replica-1',
    ],
    [
      'while none is writable, the one that is replicated',
      [member('source', refusing), member('replica-1', alone), member('replica-2', { follows: 'replica-1' })],
      'replica-1',
    ],
    [
      'while none is writable or replicated, the configured one',
      [member('replica-1', alone), member('source', refusing)],
      'source',
    ],
    ['none, if none is configured', [member('replica-1', alone), member('replica-2', alone)], null],
    ['the configured one, if no server keeps a record', [member('source', { epochs: [] })], 'source'],
  ])('%s', (_, members, leader) => {
    expect(findLeader(members)?.name ?? null).toBe(leader);
  });
});

describe('the source that is on record and answers', () => {
  const recorded = second('source');
  it.each<[what: string, readonly Member[], leader: string]>([
    ['is it while it accepts writes', [member('source', recorded), member('replica-1', writable)], 'source'],
    [
      'is it while it refuses them, and no server accepts any',
      [member('source', { ...recorded, ...refusing }), member('replica-1')],
      'source',
    ],
    [
      'is it while it refuses them, and two others accept some',
      [
        member('source', { ...recorded, ...refusing }),
        member('replica-1', { ...writable, ...recorded }),
        member('replica-2', { ...writable, ...recorded }),
      ],
      'source',
    ],
    [
      'is it beside one that does not know of the promotion',
      [member('source', { ...recorded, ...refusing }), member('replica-1', writable)],
      'source',
    ],
    [
      'is it beside one that keeps no record',
      [member('source', { ...recorded, ...refusing }), member('replica-1', { ...writable, epochs: null })],
      'source',
    ],
    [
      'was replaced by hand by one that knows of the promotion',
      [member('source', { ...recorded, ...refusing }), member('replica-1', { ...writable, ...recorded })],
      'replica-1',
    ],
    [
      'was replaced by hand when it replicates another server',
      [member('source', { ...recorded, ...refusing, follows: 'replica-1' }), member('replica-1', writable)],
      'replica-1',
    ],
  ])('%s', (_, members, leader) => {
    expect(findLeader(members)?.name).toBe(leader);
  });
});

describe('the source that is on record and does not answer', () => {
  const recorded = second('replica-9');
  it.each<[what: string, readonly Member[], leader: string | null]>([
    [
      'is the only one that does not',
      [member('source', { ...recorded, ...alone }), member('replica-1', down)],
      'replica-1',
    ],
    [
      'is of several the one that is replicated',
      [member('source', down), member('replica-1', down), member('replica-2', { ...recorded, follows: 'replica-1' })],
      'replica-1',
    ],
    [
      'is unknown, where several are replicated',
      [
        member('source', down),
        member('replica-1', down),
        member('replica-2', { ...recorded, follows: 'replica-1' }),
        member('replica-3'),
      ],
      null,
    ],
    [
      'is unknown, where several do not and none is replicated',
      [member('source', down), member('replica-1', down), member('replica-2', { ...recorded, ...alone })],
      null,
    ],
    ['is unknown, where all answer', [member('source', { ...recorded, ...alone })], null],
  ])('%s', (_, members, leader) => {
    expect(findLeader(members)?.name ?? null).toBe(leader);
  });
});

it.each<[what: string, readonly (EpochHistory | null)[], newest: EpochHistory]>([
  ['is the longest', [firstEpoch, secondEpoch('replica-1', '0-1-50'), null], secondEpoch('replica-1', '0-1-50')],
  ['is the first of equal ones', [secondEpoch('a', '0-1-5'), secondEpoch('b', '0-1-5')], secondEpoch('a', '0-1-5')],
  ['is empty if no server keeps one', [null, []], []],
])('the record of promotions %s', (_, records, newest) => {
  const members = records.map((epochs, index) => member(`replica-${index}`, { epochs }));
  expect(newestEpochs([member('source', down), ...members])).toEqual(newest);
});

describe('of servers that replicate each other', () => {
  const live: Channel = {
    name: '',
    sourceId: null,
    host: 'db',
    port: 3300,
    receiving: true,
    applying: true,
    delayMs: 0,
    lagMs: 0,
    error: null,
  };
  const source = member('source');
  const sources = (...members: Member[]) => writableSources(members).map(({ name }) => name);

  it.each<[what: string, Described, readonly string[]]>([
    ['a replica that refuses writes is none', { readOnly: true }, ['source']],
    ['a writable one that replicates it is none', { readOnly: false }, ['source']],
    ['one that only receives still replicates it', { readOnly: false, applier: 'STOPPED' }, ['source']],
    ['one that only applies still replicates it', { readOnly: false, receiver: 'STOPPED' }, ['source']],
    [
      'one with both stopped does not',
      { readOnly: false, receiver: 'STOPPED', applier: 'STOPPED' },
      ['source', 'replica-1'],
    ],
    ['one that is not a replica is one', writable, ['source', 'replica-1']],
    ['channels count where they are told', { ...writable, channels: [live] }, ['source']],
    ['no channels are told of one that follows', { readOnly: false, channels: [] }, ['source', 'replica-1']],
    ['one that is unreachable is none', down, ['source']],
  ])('%s', (_, given, expected) => {
    expect(sources(source, member('replica-1', given))).toEqual(expected);
  });

  it('a server is known by its id, and by the address that it gives itself', () => {
    const known = member('source', { id: '77', address: { host: 'inside', port: 1 } });
    const follows = (given: Partial<Channel>) =>
      member('replica-1', { readOnly: false, channels: [{ ...live, ...given }] });
    expect(sources(known, follows({ sourceId: '77', host: 'elsewhere' }))).toEqual(['source']);
    expect(sources(known, follows({ host: 'inside', port: 1 }))).toEqual(['source']);
  });

  it.each<[what: string, Described, Described, boolean]>([
    ['directly', { follows: 'source' }, { follows: 'source' }, true],
    ['through another one', { follows: 'source' }, { follows: 'replica-1' }, true],
    ['through one that is unreachable, as far as known', down, { follows: 'replica-1' }, false],
    ['by no server', { follows: 'source' }, alone, false],
  ])('one is fed %s', (_, one, two, expected) => {
    const members = [source, member('replica-1', one), member('replica-2', two)];
    expect(isFedBy(members[2] as Member, source, members)).toBe(expected);
  });

  it('one is fed by a source that is unreachable', () => {
    const gone = member('source', down);
    const replica = member('replica-1');
    expect(isFedBy(replica, gone, [gone, replica])).toBe(true);
  });
});
