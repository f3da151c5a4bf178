import { describe, expect, it } from 'vitest';
import { unseen } from '../../../../src/cluster/node-status.ts';
import { sourceRolesRule } from '../../../../src/cluster/problems/source-roles.ts';
import { makeNode } from '../../../support/scripted-probe.ts';
import { type Says, Topology } from '../../../support/topology.ts';

const writable = (given: Says = {}): Says => ({ writes: true, ...given });
const found = (says: Readonly<Record<string, Says>>, dead: readonly string[] = []) => {
  const topology = new Topology(Object.keys(says)).says(says).says(says);
  for (const name of dead) topology.dies(name);
  return sourceRolesRule(topology.snapshot);
};
const refuse = 'SET GLOBAL read_only = ON, and read_only = ON in its file';
const readOnly = { variable: 'read_only', value: 'OFF' };

describe('servers that accept writes', () => {
  it('are no problem while it is one', () => {
    expect(found({ source: writable(), a: { follows: ['source'] } })).toEqual([]);
  });

  it('beside the source are told by name, with what is lost and what ends it', () => {
    expect(found({ source: writable({ has: 9 }), a: writable() })).toEqual([
      {
        code: 'SOURCE_CONFLICT',
        node: 'a',
        message: 'a accepts writes beside source: source is sent all of them, and what others write to a may be lost',
        ...readOnly,
        cure: `on the one that is not meant to accept writes: ${refuse}`,
      },
    ]);
  });

  it('and replicate each other are told so', () => {
    const [problem, ...others] = found({
      source: writable({ follows: ['a'], has: 9 }),
      a: writable({ follows: ['source'] }),
    });
    expect(problem?.message).toMatch(/^a accepts writes beside source, and they replicate each other: source is sent/);
    expect(others).toEqual([]);
  });

  it('of which none is the source name all others', () => {
    const rival = writable({ follows: ['gone'] });
    const problems = found({ gone: {}, a: rival, b: rival, c: rival });
    const unsent = 'no writes are sent until only one of them is left';
    expect(problems.map(({ message }) => message)).toEqual([
      `a accepts writes beside b and c: ${unsent}, and what others write to a may be lost`,
      `b accepts writes beside a and c: ${unsent}, and what others write to b may be lost`,
      `c accepts writes beside a and b: ${unsent}, and what others write to c may be lost`,
    ]);
  });

  it('are no conflict before all servers were probed', () => {
    const { snapshot } = new Topology(['source', 'a']).says({ source: writable(), a: writable() });
    expect(sourceRolesRule([...snapshot, unseen(makeNode('b'))])).toEqual([]);
  });
});

describe('a replica that accepts writes', () => {
  const a = writable({ follows: ['source', 'another'] });

  it('is told with the servers that it replicates, and what ends it', () => {
    expect(found({ source: writable(), a })).toEqual([
      {
        code: 'WRITABLE_REPLICA',
        node: 'a',
        message: 'a replicates source and another:3306 and also accepts writes: a write sent there is lost',
        ...readOnly,
        cure: `on a: ${refuse}`,
      },
    ]);
  });

  it('is in doubt while its source is unreachable, and no other server is the source', () => {
    expect(found({ source: writable(), a: writable({ follows: ['source'] }) }, ['source'])).toEqual([
      {
        code: 'SOURCE_DOUBTFUL',
        node: 'a',
        message:
          'a accepts writes and still replicates source, which is unreachable and may accept them too: it is sent none',
        ...readOnly,
        cure: `if a is to be the source, there: STOP SLAVE; RESET SLAVE ALL; else: ${refuse}`,
      },
    ]);
  });

  it('is in no doubt when another server is the source', () => {
    const says = { old: writable({ has: 4 }), source: writable({ has: 9 }), a: writable({ follows: ['old'] }) };
    expect(found(says, ['old']).map(({ code, node }) => `${code} ${node}`)).toEqual(['WRITABLE_REPLICA a']);
  });
});
