import { describe, expect, it } from 'vitest';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { SharedPast } from '../../../src/cluster/shared-past.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { parsePosition } from '../../support/positions.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';

const uuids = {
  S: '3e11fa47-71ca-11e1-9e33-c80aa9429562',
  G: 'aaaaaaaa-0000-11ef-8000-0242ac120002',
  X: '5c9e1b0a-0000-11ef-8000-0242ac120002',
};
/** S is the source's own id, G its group's, X that of a former source. */
const mysql = (text: string): Position =>
  parsePosition(
    'mysql',
    text.replaceAll(/[SGX]/g, (letter) => uuids[letter as keyof typeof uuids]),
  );

type Given = Partial<Omit<NodeStatus, 'position'>> & { readonly at: string | null; readonly identity?: string };

const status = (name: string, { at, identity = name, ...given }: Given): NodeStatus => {
  const role = name.startsWith('source') ? 'SOURCE' : 'REPLICA';
  const position = at === null ? null : mysql(at);
  const report = makeReport(role, {
    identity: role === 'SOURCE' ? uuids.S : identity,
    ...(role === 'SOURCE' && { id: uuids.S.toUpperCase(), group: uuids.G }),
    position: position ?? mysql(''),
  });
  return {
    ...unseen(makeNode(name)),
    state: 'HEALTHY',
    role,
    report,
    position,
    tookWrites: role === 'SOURCE',
    ...given,
  };
};

const away = { state: 'DOWN', failures: 3, successes: 0 } as const;
const unknown: Given = { at: null, ...away, state: 'UNKNOWN', report: null };
const full = 'S:1-90,G:1-9,X:1-900';

describe('of S:1-90,G:1-9,X:1-900 can be left out', () => {
  const source = status('source', { at: full });
  const replica = (given: Given) => status('replica-1', given);

  it.each<[what: string, probes: readonly (readonly NodeStatus[])[], rest: string | null]>([
    [
      'what all servers have, but for the last that the source and its group wrote',
      [[source, replica({ at: full })]],
      'S:90,G:9',
    ],
    ['less, where a server lacks some of it', [[source, replica({ at: 'S:1-90,X:1-400' })]], 'S:90,G:1-9,X:401-900'],
    ['nothing where a server has none of it', [[source, replica({ at: '' })]], full],
    [
      'the same, whatever a backup has',
      [[source, replica({ at: full }), status('backup', { at: '', role: 'BACKUP' })]],
      'S:90,G:9',
    ],
    ['an unknown part, while a server was never seen', [[source, replica(unknown)]], null],
    [
      'the same while a server is away that had it',
      [
        [source, replica({ at: full })],
        [source, replica({ at: null, ...away })],
      ],
      'S:90,G:9',
    ],
    [
      'the same after a start in which a server was not seen again',
      [
        [source, replica({ at: full })],
        [source, replica(unknown)],
      ],
      'S:90,G:9',
    ],
    [
      'an unknown part, while another server is at its address, whose position is unknown',
      [
        [source, replica({ at: full })],
        [source, replica({ at: null, identity: 'another' })],
      ],
      null,
    ],
    ['an unknown part, without a source', [[status('source', { at: full, ...away }), replica({ at: full })]], null],
  ])('%s', (_, probes, rest) => {
    let now: readonly NodeStatus[] = [];
    const past = new SharedPast(() => now);
    const found = probes.map((probe) => {
      now = probe;
      return past.shorter(mysql(full));
    });
    expect(found.at(-1)?.format() ?? null).toEqual(rest === null ? null : mysql(rest).format());
  });
});
