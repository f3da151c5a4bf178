import { beforeEach, describe, expect, it } from 'vitest';
import type { HistoryAnswer } from '../../../src/cluster/node-probe.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { type GoneBack, SourceJudge } from '../../../src/cluster/source-judge.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { historyOf, parsePosition } from '../../support/positions.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const position = (text: string): Position => parsePosition('mariadb', text);

let clock: TickingClock;
let snapshot: NodeStatus[];
let answer: Partial<HistoryAnswer> | Error;
let asked: number;
let known: boolean;
let goneBack: GoneBack[];
let judge: SourceJudge;
/** What the look that is under way finds. */
let settle: () => void;

/** The source as a look finds it. */
function look(text: string, given: Partial<NodeStatus> = {}): void {
  const report = makeReport('SOURCE', {
    identity: '1@here:1',
    position: position(text),
    logged: { 1: position(text) },
  });
  const seen = {
    state: 'HEALTHY',
    role: 'SOURCE',
    report,
    position: position(text),
    successes: 1,
    tookWrites: true,
  } as const;
  const [before] = snapshot;
  const asOfMs = clock.monotonic();
  snapshot = [{ ...(before ?? unseen(makeNode('source'))), ...seen, asOfMs, reportedMs: asOfMs, ...given }];
  judge.look(snapshot);
}

beforeEach(() => {
  clock = new TickingClock();
  snapshot = [];
  answer = {};
  asked = 0;
  known = true;
  goneBack = [];
  settle = () => undefined;
  judge = new SourceJudge({
    positions,
    clock,
    snapshot: () => snapshot,
    readHistory: async () => {
      asked += 1;
      if (answer instanceof Error) throw answer;
      const report = snapshot[0]?.report ?? makeReport('SOURCE');
      const logged = historyOf(report);
      return {
        identity: '1@here:1',
        readOnly: false,
        logged,
        settled: logged,
        received: null,
        receives: false,
        ...answer,
      };
    },
    settled: async () => settle(),
    believes: () => known,
    onGoneBack: (happening) => goneBack.push(happening),
  });
});

describe('judging a position by the history of the source', () => {
  it('costs nothing for what a look has shown, or a write since', () => {
    look('0-1-100');
    judge.wrote(position('0-1-101'));
    expect([judge.judge(position('0-1-60')), judge.judge(position('0-1-101'))]).toEqual(['INCLUDED', 'INCLUDED']);
    expect(asked).toBe(0);
  });

  it('asks once for what is beyond, together with all that come meanwhile, and remembers the answer', async () => {
    look('0-1-100');
    await clock.tick(5);
    const [beyond] = [
      historyOf(makeReport('SOURCE', { position: position('0-1-120'), logged: { 1: position('0-1-120') } })),
    ];
    if (beyond !== undefined) answer = { logged: beyond, settled: beyond };
    const verdicts = [
      judge.judge(position('0-1-110')),
      judge.judge(position('0-1-111')),
      judge.judge(position('0-1-112')),
    ];
    expect(await Promise.all(verdicts)).toEqual(['INCLUDED', 'INCLUDED', 'INCLUDED']);
    expect(asked).toBeLessThanOrEqual(2);
    const before = asked;
    expect(judge.judge(position('0-1-119'))).toBe('INCLUDED');
    expect(asked).toBe(before);
  });

  it.each([
    ['the source has never had it', {}, true, 'LACKING'],
    ['the source follows a server that may still send it', { receives: true }, true, 'BEHIND'],
    ['the source has received it and not applied it', { received: position('0-1-120') }, true, 'BEHIND'],
    ['another server answers in its place', { identity: '2@there:1' }, true, 'ELSEWHERE'],
    ['it takes no writes any more', { readOnly: true }, true, 'ELSEWHERE'],
  ])('when %s', async (_what, given: Partial<HistoryAnswer>, isKnown, verdict) => {
    look('0-1-100');
    answer = given;
    known = isKnown;
    expect(await judge.judge(position('0-1-110'))).toBe(verdict);
  });

  it('never takes silence for a verdict', async () => {
    expect(judge.judge(position('0-1-1'))).toBe('UNJUDGED');
    look('0-1-100');
    answer = new Error('does not answer');
    expect(await judge.judge(position('0-1-110'))).toBe('UNJUDGED');
    judge.look([]);
    expect(judge.judge(position('0-1-1'))).toBe('UNJUDGED');
  });

  it('takes a writer that nobody has heard of for one of a history elsewhere, while a server is out of reach', async () => {
    look('0-1-100');
    known = false;
    snapshot = [...snapshot, unseen(makeNode('replica-1'))];
    expect(await judge.judge(position('0-7-110'))).toBe('ELSEWHERE');
    expect(await judge.judge(position('0-1-110'))).toBe('LACKING');
  });

  it('notices that the source has less than it had, and less than was written there', async () => {
    look('0-1-100');
    await clock.tick(10);
    look('0-1-60');
    expect(goneBack.map(({ before, now }) => [before.format(), now.format()])).toEqual([['0-1-100', '0-1-60']]);
    judge.wrote(position('0-1-61'));
    await clock.tick(10);
    look('0-1-60');
    expect(goneBack).toHaveLength(2);
  });

  it('does not take a write that was committed during a look for a lost one', async () => {
    look('0-1-100');
    await clock.tick(10);
    judge.wrote(position('0-1-101'));
    look('0-1-100', { asOfMs: 5 });
    expect(goneBack).toEqual([]);
    expect(judge.judge(position('0-1-101'))).toBe('INCLUDED');
  });

  it('takes a look that was begun before the source answered for no going back, but the next one', async () => {
    look('0-1-100');
    await clock.tick(5);
    const begunMs = clock.monotonic();
    await clock.tick(5);
    const beyond = historyOf(
      makeReport('SOURCE', { position: position('0-1-120'), logged: { 1: position('0-1-120') } }),
    );
    answer = { logged: beyond, settled: beyond };
    expect(await judge.judge(position('0-1-120'))).toBe('INCLUDED');
    await clock.tick(5);
    look('0-1-110', { asOfMs: begunMs });
    expect(goneBack).toEqual([]);
    expect(judge.judge(position('0-1-120'))).toBe('INCLUDED');
    look('0-1-110');
    expect(goneBack).toHaveLength(1);
  });

  describe('while a connection to the source was lost and nobody has looked', () => {
    const doubt = () => {
      snapshot = snapshot.map((status) => ({ ...status, position: null }));
    };
    it.each<[finds: string, look: () => void, verdict: string, gone: number]>([
      ['it as it was', () => look('0-1-100'), 'INCLUDED', 0],
      ['that it has gone back', () => look('0-1-60'), 'LACKING', 1],
      ['nobody', () => judge.look([]), 'UNJUDGED', 0],
    ])('waits for the look that is under way, which finds %s', async (_what, found, verdict, gone) => {
      look('0-1-100');
      await clock.tick(10);
      doubt();
      settle = found;
      expect(await judge.judge(position('0-1-90'))).toBe(verdict);
      expect(goneBack).toHaveLength(gone);
    });

    it('takes no number for the lost one that the source has given out again meanwhile', async () => {
      look('0-1-100');
      judge.wrote(position('0-1-110'));
      await clock.tick(10);
      doubt();
      const again = historyOf(
        makeReport('SOURCE', { position: position('0-1-120'), logged: { 1: position('0-1-120') } }),
      );
      answer = { logged: again, settled: again };
      settle = () => look('0-1-60');
      expect(await judge.judge(position('0-1-61'))).toBe('INCLUDED');
      expect(goneBack).toHaveLength(1);
      expect(asked).toBe(1);
    });
  });

  it('remembers over an absence what the source had', async () => {
    look('0-1-100');
    judge.look([]);
    await clock.tick(10);
    look('0-1-60');
    expect(goneBack).toHaveLength(1);
  });
});
