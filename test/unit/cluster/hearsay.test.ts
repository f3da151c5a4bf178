import { describe, expect, it } from 'vitest';
import { afterFailedProbe, afterGoodProbe } from '../../../src/cluster/health.ts';
import { afterHearsay, type Reaction, reactionTo } from '../../../src/cluster/hearsay.ts';
import { type NodeState, type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { type NodeWord, readWord, writeWord } from '../../../src/cluster/status-board.ts';
import { health as policy } from '../../support/scripted-cluster.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';

const seen = (role: 'SOURCE' | 'REPLICA'): NodeStatus =>
  afterGoodProbe(unseen(makeNode(role === 'SOURCE' ? 'source' : 'replica-1')), makeReport(role), 0, policy);

describe('the word of another process', () => {
  const table: [word: NodeWord['state'], own: NodeState, reaction: Reaction][] = [
    ['DOWN', 'HEALTHY', 'SUSPECT'],
    ['DOWN', 'DEGRADED', 'SUSPECT'],
    ['DOWN', 'UNKNOWN', 'SUSPECT'],
    ['DOWN', 'DOWN', 'NONE'],
    ['HEALTHY', 'DOWN', 'LOOK'],
    ['HEALTHY', 'DEGRADED', 'LOOK'],
    ['HEALTHY', 'UNKNOWN', 'LOOK'],
    ['HEALTHY', 'HEALTHY', 'NONE'],
    ['DEGRADED', 'HEALTHY', 'LOOK'],
    ['DEGRADED', 'DOWN', 'LOOK'],
  ];
  it.each(table)('%s about a node that is %s here: %s', (state, own, reaction) => {
    const word: NodeWord = { node: 'replica-1', state, trouble: null };
    expect(reactionTo(word, { ...seen('REPLICA'), state: own })).toBe(reaction);
  });

  it('takes a replica out until our own probe, and one good probe is enough for its return', () => {
    const suspected = afterHearsay(seen('REPLICA'), 'is down for another process', policy);
    expect(suspected).toMatchObject({ state: 'DOWN', position: null, trouble: 'is down for another process' });
    expect(afterGoodProbe(suspected, makeReport('REPLICA'), 1, policy).state).toBe('HEALTHY');
  });

  it('leaves the source in service, but one failed probe is enough for it', () => {
    const suspected = afterHearsay(seen('SOURCE'), 'is down for another process', policy);
    expect(suspected).toMatchObject({ state: 'HEALTHY', position: seen('SOURCE').position });
    expect(afterFailedProbe(suspected, 'does not answer', policy).state).toBe('DOWN');
    expect(afterGoodProbe(suspected, makeReport('SOURCE'), 1, policy).failures).toBe(0);
  });

  it('changes nothing about a node that is down here already', () => {
    const down = { ...seen('REPLICA'), state: 'DOWN', failures: 7 } as const;
    expect(afterHearsay(down, 'is down for another process', policy)).toBe(down);
  });
});

describe('a word on the board', () => {
  it.each<NodeWord>([
    { node: 'replica-1', state: 'DOWN', trouble: 'refused the connection' },
    { node: 'replica-1', state: 'HEALTHY', trouble: null },
    { node: 'replica-1', state: 'DEGRADED', trouble: 'has stopped applying (error 1062)' },
  ])('is read as it was written: $state', (word) => {
    expect(readWord(word.node, writeWord(word))).toEqual(word);
  });

  it('is short and one line, whatever the trouble', () => {
    const written = writeWord({ node: 'a', state: 'DOWN', trouble: `two\nlines ${'x'.repeat(10_000)}` });
    expect(written).toHaveLength(200);
    expect(readWord('a', written)?.trouble).toMatch(/^two lines x/);
  });

  it.each(['', ' ', 'UP', 'UNKNOWN', 'down', 'DOWN\nHEALTHY', 'DOWNx', `DOWN ${'x'.repeat(300)}`, '{}'])(
    'that no process can have written says nothing: %j',
    (text) => {
      expect(readWord('a', text)).toBeNull();
    },
  );
});
