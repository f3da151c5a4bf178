import { describe, expect, it } from 'vitest';
import { chooseSource } from '../../../src/cluster/choose-source.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

type Given = Partial<NodeStatus> & {
  readonly writable?: boolean;
  readonly epoch?: number;
  /** Whom the record of that epoch names. */
  readonly names?: string;
  readonly has?: number;
};

function seen(name: string, given: Given = {}): NodeStatus {
  const { writable = name === 'source', epoch, names: sourceId = '', has = 5, ...status } = given;
  const epochs: EpochHistory | null = epoch === undefined ? null : [{ epoch, sourceId, endOfPrevious: null }];
  const role = writable ? 'SOURCE' : 'REPLICA';
  const report = makeReport(role, { identity: name, epochs, position: at(has) });
  return { ...unseen(makeNode(name)), state: 'HEALTHY', role, report, position: at(has), ...status };
}
const lost = { state: 'DOWN', failures: 0 } as const;
const dead = { state: 'DOWN', failures: 1 } as const;

const rows: [what: string, statuses: NodeStatus[], expected: string | null][] = [
  ['the configured one', [seen('source'), seen('a')], 'source'],
  ['none, when it is dead', [seen('source', dead), seen('a')], null],
  ['none, when all are read-only', [seen('source', { writable: false }), seen('a')], null],
  ['who was promoted when it died', [seen('source', dead), seen('a', { writable: true })], 'a'],
  [
    'who was promoted when it became read-only',
    [seen('source', { writable: false }), seen('a', { writable: true })],
    'a',
  ],
  [
    'no other, while only its connection may be lost',
    [seen('source', { ...lost, tookWrites: true }), seen('a', { writable: true })],
    null,
  ],
  ['no other, before it was probed', [unseen(makeNode('source')), seen('a', { writable: true })], null],
  ['none, before all were probed', [seen('source'), unseen(makeNode('a'))], null],
  [
    'the configured one, when a probe of another has failed',
    [seen('source'), { ...unseen(makeNode('a')), failures: 1 }],
    'source',
  ],
  [
    'the newer epoch at once, although the deposed one may have blinked',
    [seen('source', { ...lost, tookWrites: true, epoch: 1 }), seen('a', { writable: true, epoch: 2 })],
    'a',
  ],
  [
    'the newer epoch, whichever server had the writes before',
    [seen('source', { epoch: 1, tookWrites: true, has: 9 }), seen('a', { writable: true, epoch: 2 })],
    'a',
  ],
  [
    'none, when the only writable one was deposed',
    [seen('source', { epoch: 1 }), seen('a', { ...dead, writable: true, epoch: 2, tookWrites: true })],
    null,
  ],
  [
    'none, when a replica knows that the only writable one was deposed',
    [seen('source', { epoch: 1 }), seen('a', { epoch: 2 })],
    null,
  ],
  [
    'the one that takes them, of whose own new epoch a replica has told first',
    [seen('source', { epoch: 1, tookWrites: true }), seen('a', { epoch: 2, names: 'source' })],
    'source',
  ],
  [
    'the one that the newest epoch names, restored from a copy that is older',
    [seen('source', { epoch: 1, has: 3 }), seen('a', { epoch: 2, names: 'source' })],
    'source',
  ],
  [
    'none, when the newest epoch names another one',
    [seen('source', { epoch: 1, tookWrites: true }), seen('a', { epoch: 2, names: 'a' })],
    null,
  ],
  [
    'who has all that the other has, when the one that the newest epoch names was restored from an older copy',
    [seen('source', { epoch: 1, has: 3 }), seen('a', { writable: true, epoch: 2, names: 'source', has: 9 })],
    'a',
  ],
  [
    'who takes them already, when the old source returns without having been told',
    [seen('source', { has: 9 }), seen('a', { writable: true, tookWrites: true })],
    'a',
  ],
  [
    'who takes them already, when a replica is made writable too',
    [seen('source', { tookWrites: true }), seen('a', { writable: true, has: 9 })],
    'source',
  ],
  ['the one ahead, at a start that finds two', [seen('source'), seen('a', { writable: true, has: 9 })], 'a'],
  [
    'the configured one of equals, at a start that finds two',
    [seen('source'), seen('a', { writable: true })],
    'source',
  ],
  [
    'none, at a start that finds two with different histories',
    [seen('source'), seen('a', { writable: true, position: at(5, 1) })],
    null,
  ],
  [
    'none, at a start that finds two of unknown position',
    [seen('source', { position: null }), seen('a', { writable: true })],
    null,
  ],
  [
    'never a backup, writable as it is',
    [seen('source', dead), { ...seen('b', { writable: true }), role: 'BACKUP' }],
    null,
  ],
  [
    'not impressed by the epochs of a backup',
    [seen('source', { epoch: 1 }), { ...seen('b', { writable: true, epoch: 7 }), role: 'BACKUP' }],
    'source',
  ],
];

describe('the server that is sent the writes', () => {
  it.each(rows)('is %s', (_, statuses, expected) => {
    for (const order of [statuses, statuses.toReversed()]) {
      expect(chooseSource(order)?.node.name ?? null).toBe(expected);
    }
  });
});
