import { describe, expect, it } from 'vitest';
import { type NodePositions, ReadObservation } from '../../../src/database/session/read-observation.ts';
import { at } from '../../support/scripted-probe.ts';

const learned: NodePositions = { reached: at(5), observed: at(7) };

type Event = 'statement' | 'learn' | 'share' | 'share-nothing';

/** The observation after these events, and what `begins` said to each statement. */
function observe(events: readonly Event[], wanted = true) {
  const observation = new ReadObservation(wanted);
  const asked: boolean[] = [];
  for (const event of events) {
    if (event === 'statement') asked.push(observation.begins());
    else if (event === 'learn') observation.learn(learned);
    else {
      const shared = new ReadObservation(true);
      if (event === 'share') shared.learn(learned);
      observation.share(shared);
    }
  }
  return { observation, asked };
}

describe('the position that was learned on the way', () => {
  it.each<[string, readonly Event[], number, NodePositions | null]>([
    ['answers for the one read that it was learned behind', ['statement', 'learn'], 1, learned],
    ['is not known before it was learned', ['statement'], 1, null],
    ['is not known without a statement', [], 1, null],
    ['does not answer for two reads, of which one ran elsewhere', ['statement', 'learn'], 2, null],
    ['does not answer for no read', ['statement', 'learn'], 0, null],
    ['does not answer for a second statement, which may have seen more', ['statement', 'learn', 'statement'], 1, null],
    ['does not answer for two statements of two reads', ['statement', 'learn', 'statement'], 2, null],
    ['does not answer when no statement of this read was seen', ['learn'], 1, null],
    ['answers for a read of a statement that is shared', ['share'], 1, learned],
    ['is unknown when the shared statement did not learn it', ['share-nothing'], 1, null],
    ['does not answer for a shared statement and another', ['share', 'statement'], 1, null],
    ['does not answer for a statement and a shared one', ['statement', 'learn', 'share'], 1, null],
    ['is not taken from a shared statement that comes second', ['statement', 'share'], 2, null],
  ])('%s', (_, events, reads, expected) => {
    expect(observe(events).observation.after(reads)).toBe(expected);
  });
});

describe('the question behind a statement', () => {
  it.each<[string, boolean, readonly Event[], readonly boolean[]]>([
    ['is asked once, behind the first', true, ['statement', 'statement', 'statement'], [true, false, false]],
    ['is not asked if it is not needed', false, ['statement', 'statement'], [false, false]],
    ['is not asked behind a statement that follows a shared one', true, ['share', 'statement'], [false]],
  ])('%s', (_, wanted, events, expected) => {
    const { observation, asked } = observe(events, wanted);
    expect(asked).toEqual(expected);
    expect(observation.isWanted).toBe(wanted);
  });

  it('takes nothing from a shared statement if it is not needed', () => {
    expect(observe(['share'], false).observation.after(1)).toBeNull();
  });
});
