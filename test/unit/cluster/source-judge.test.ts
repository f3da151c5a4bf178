import { beforeEach, describe, expect, it } from 'vitest';
import type { HistoryAnswer } from '../../../src/cluster/node-probe.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { type GoneBack, SourceJudge } from '../../../src/cluster/source-judge.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { historyOf, parsePosition } from '../../support/positions.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

const position = (text: string): Position => parsePosition('mariadb', text);

let clock: TickingClock;
let snapshot: NodeStatus[];
let answer: Partial<HistoryAnswer> | Error;
let asked: number;
let known: boolean;
let goneBack: GoneBack[];
let judge: SourceJudge;
/** What the probe that is under way finds. */
let settle: () => void;
/** What happens while the source is asked. */
let meanwhile: () => void;

/** The source as a probe finds it. */
function observe(text: string, given: Partial<NodeStatus> = {}): void {
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
  judge.observe(snapshot);
}

beforeEach(() => {
  clock = new TickingClock();
  snapshot = [];
  answer = {};
  asked = 0;
  known = true;
  goneBack = [];
  settle = () => undefined;
  meanwhile = () => undefined;
  judge = new SourceJudge({
    positions,
    clock,
    snapshot: () => snapshot,
    readHistory: async () => {
      asked += 1;
      if (answer instanceof Error) throw answer;
      meanwhile();
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
    settled: async () => {
      await allSettled();
      settle();
    },
    believes: () => known,
    onGoneBack: (happening) => goneBack.push(happening),
  });
});

describe('judging a position by the history of the source', () => {
  it('costs nothing for what a probe has shown, or a write since', () => {
    observe('0-1-100');
    judge.wrote(position('0-1-101'));
    expect([judge.judge(position('0-1-60')), judge.judge(position('0-1-101'))]).toEqual(['INCLUDED', 'INCLUDED']);
    expect(asked).toBe(0);
  });

  it('asks once for what is beyond, together with all that come meanwhile, and remembers the answer', async () => {
    observe('0-1-100');
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
    ['the source has received less than that', { received: position('0-1-105') }, true, 'LACKING'],
    ['another server answers in its place', { identity: '2@there:1' }, true, 'ELSEWHERE'],
    ['it takes no writes any more', { readOnly: true }, true, 'ELSEWHERE'],
  ])('when %s', async (_what, given: Partial<HistoryAnswer>, isKnown, verdict) => {
    observe('0-1-100');
    answer = given;
    known = isKnown;
    expect(await judge.judge(position('0-1-110'))).toBe(verdict);
  });

  describe('in a group, where a member may show a write before the primary has committed it', () => {
    const seen = (text: string) => ({ position: position(text), logged: { 1: position(text) } });
    const inGroup = { member: 'ONLINE' } as const;
    /** The primary has `own`, and another member `shown`. */
    function group(own: string, shown: string, given: Partial<NodeStatus> = {}): void {
      observe(own, { report: makeReport('SOURCE', { identity: '1@here:1', ...seen(own), ...inGroup }) });
      const report = makeReport('REPLICA', { identity: '2@there:1', ...seen(shown), ...inGroup });
      const other = { state: 'HEALTHY', role: 'REPLICA', report, position: position(shown), successes: 1 } as const;
      snapshot = [...snapshot, { ...unseen(makeNode('replica-1')), ...other, ...given }];
    }
    async function verdict(text: string, ms: number): Promise<string> {
      const judging = Promise.resolve(judge.judge(position(text)));
      let found = 'asking';
      void judging.then((value) => {
        found = value;
      });
      await clock.tick(ms);
      return found;
    }

    it('asks again until it has', async () => {
      group('0-1-100', '0-1-110');
      const verdicts = [verdict('0-1-110', 50)];
      expect(await verdicts[0]).toBe('asking');
      const later = historyOf(makeReport('SOURCE', seen('0-1-110')));
      answer = { logged: later, settled: later };
      expect(await verdict('0-1-110', 30)).toBe('INCLUDED');
      expect([asked > 2, clock.timers]).toEqual([true, 0]);
    });

    it.each([
      ['BEHIND', 'another member still shows it', '0-1-110', {}],
      ['LACKING', 'no member has it', '0-1-105', {}],
      ['LACKING', 'the member that had it is unreachable', '0-1-110', { state: 'DOWN', position: null }],
    ] as const)('says %s after a second if %s', async (expected, _, shown, given) => {
      group('0-1-100', shown, given);
      expect(await verdict('0-1-110', 900)).toBe('asking');
      expect(await verdict('0-1-110', 1200)).toBe(expected);
      expect(asked).toBeLessThan(150);
    });

    it('does not ask again what is no member', async () => {
      observe('0-1-100');
      expect([await verdict('0-1-110', 0), asked]).toEqual(['LACKING', 1]);
    });
  });

  it('never takes silence for a verdict', async () => {
    expect(judge.judge(position('0-1-1'))).toBe('UNJUDGED');
    observe('0-1-100');
    answer = new Error('does not answer');
    expect(await judge.judge(position('0-1-110'))).toBe('UNJUDGED');
    judge.observe([]);
    expect(judge.judge(position('0-1-1'))).toBe('UNJUDGED');
  });

  it('takes an unknown writer for one of a history elsewhere, while a server is out of reach', async () => {
    observe('0-1-100');
    known = false;
    snapshot = [...snapshot, unseen(makeNode('replica-1'))];
    expect(await judge.judge(position('0-7-110'))).toBe('ELSEWHERE');
    expect(await judge.judge(position('0-1-110'))).toBe('LACKING');
  });

  it('notices that the source has less than it had, and less than was written there', async () => {
    observe('0-1-100');
    await clock.tick(10);
    observe('0-1-60');
    expect(goneBack.map(({ before, now }) => [before.format(), now.format()])).toEqual([['0-1-100', '0-1-60']]);
    judge.wrote(position('0-1-61'));
    await clock.tick(10);
    observe('0-1-60');
    expect(goneBack.slice(1).map(({ before, now }) => [before.format(), now.format()])).toEqual([['0-1-61', '0-1-60']]);
  });

  it('notices that one of several writes is gone', async () => {
    observe('0-1-100');
    judge.wrote(position('0-1-101'));
    judge.wrote(position('1-1-5'));
    await clock.tick(10);
    observe('0-1-100,1-1-5');
    expect(goneBack.map(({ before }) => before.format())).toEqual(['0-1-101,1-1-5']);
  });

  it('notices nothing when the source has what was written there', async () => {
    observe('0-1-100');
    judge.wrote(position('0-1-101'));
    await clock.tick(10);
    observe('0-1-101');
    expect(goneBack).toEqual([]);
  });

  it('makes nothing of a write that it cannot place', () => {
    judge.wrote(position('0-1-101'));
    observe('0-1-100');
    judge.wrote(parsePosition('mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1'));
    expect([judge.judge(position('0-1-100')), judge.surviving(position('0-1-200'))?.format()]).toEqual([
      'INCLUDED',
      '0-1-100',
    ]);
  });

  it.each([5, 10])(
    'does not take a write that was committed during a probe for a lost one: begun at %d',
    async (asOfMs) => {
      observe('0-1-100');
      await clock.tick(10);
      judge.wrote(position('0-1-101'));
      observe('0-1-100', { asOfMs });
      expect(goneBack).toEqual([]);
      expect(judge.judge(position('0-1-101'))).toBe('INCLUDED');
    },
  );

  it.each([0, 5])(
    'takes a probe that began %d ms before the answer for no going back, but the next one',
    async (ms) => {
      observe('0-1-100');
      await clock.tick(5);
      const begunMs = clock.monotonic();
      await clock.tick(ms);
      const beyond = historyOf(
        makeReport('SOURCE', { position: position('0-1-120'), logged: { 1: position('0-1-120') } }),
      );
      answer = { logged: beyond, settled: beyond };
      expect(await judge.judge(position('0-1-120'))).toBe('INCLUDED');
      await clock.tick(5);
      observe('0-1-110', { asOfMs: begunMs });
      expect(goneBack).toEqual([]);
      expect(judge.judge(position('0-1-120'))).toBe('INCLUDED');
      observe('0-1-110');
      expect(goneBack).toHaveLength(1);
    },
  );

  it('believes the record where the log cannot tell, and there only', async () => {
    const logged = { 1: position('0-1-90'), 2: position('0-2-100') };
    observe('0-2-100', {
      report: makeReport('SOURCE', { identity: '1@here:1', position: position('0-2-100'), logged }),
    });
    const untold = position('0-1-80');
    expect(judge.judge(untold, { recorded: true })).toBe('INCLUDED');
    expect(await judge.judge(untold)).toBe('UNKNOWN');
    expect(await judge.judge(position('0-2-110'), { recorded: true })).toBe('LACKING');
  });

  it('says what survives of a position, once there is a source', () => {
    expect(judge.surviving(position('0-1-200'))).toBeNull();
    observe('0-1-100');
    expect(judge.surviving(position('0-1-200,1-1-7'))?.format()).toBe('0-1-100');
    expect(judge.surviving(position('1-1-7'))).toBeNull();
  });

  describe('when the answer of the source', () => {
    const upTo = (text: string) =>
      historyOf(makeReport('SOURCE', { position: position(text), logged: { 1: position(text) } }));
    const askedFor = async (text: string) => {
      const before = asked;
      const verdict = await judge.judge(position(text));
      return [verdict, asked - before];
    };

    it.each<[string, happens: () => void]>([
      ['another source is found', () => observe('0-1-100', { node: makeNode('replica-1') })],
      [
        'another server is found at its address',
        () =>
          observe('0-1-100', {
            report: makeReport('SOURCE', { identity: '2@there:1', position: position('0-1-100') }),
          }),
      ],
      ['it is lost', () => judge.observe([])],
    ])('comes after %s, it does not count', async (_, happens) => {
      observe('0-1-100');
      meanwhile = happens;
      expect(await judge.judge(position('0-1-110'))).toBe('UNJUDGED');
    });

    it('is settled, it is remembered', async () => {
      observe('0-1-100');
      await clock.tick(1);
      answer = { logged: upTo('0-1-120'), settled: upTo('0-1-120') };
      expect([await askedFor('0-1-110'), await askedFor('0-1-110')]).toEqual([
        ['INCLUDED', 1],
        ['INCLUDED', 0],
      ]);
    });

    it.each<[string, settled: string, laterMs: number]>([
      ['is not settled as far as that', '0-1-105', 1],
      ['is no newer than the last probe', '0-1-120', 0],
      ['does not hold what was seen before', '1-1-120', 1],
    ])('%s, it is not remembered', async (_, settled, laterMs) => {
      observe('0-1-100');
      await clock.tick(laterMs);
      answer = { logged: upTo('0-1-120'), settled: upTo(settled) };
      expect([await askedFor('0-1-110'), await askedFor('0-1-110')]).toEqual([
        ['INCLUDED', 1],
        ['INCLUDED', 1],
      ]);
    });

    it('lacks what was written since, it takes nothing away', async () => {
      observe('0-1-100');
      await clock.tick(1);
      judge.wrote(position('1-1-7'));
      answer = { logged: upTo('0-1-120'), settled: upTo('0-1-120') };
      expect(await askedFor('0-1-110')).toEqual(['INCLUDED', 1]);
      expect(await askedFor('1-1-7')).toEqual(['INCLUDED', 0]);
    });
  });

  describe('that the source lacks, and that names an unknown writer:', () => {
    const other = (given: Partial<NodeStatus> = {}): NodeStatus => ({
      ...unseen(makeNode('replica-1')),
      state: 'HEALTHY',
      report: makeReport('REPLICA', { identity: '7@there:1', position: position('0-1-100') }),
      position: position('0-1-100'),
      ...given,
    });
    const beyond = position('0-7-110');
    const down = { state: 'DOWN', failures: 3, position: null } as const;
    const writable = { role: 'SOURCE', report: makeReport('SOURCE', { position: beyond }), position: beyond } as const;
    const holding = makeReport('REPLICA', { position: position('0-1-100'), holds: beyond });

    it.each<[string, NodeStatus, verdict: string]>([
      ['no server has it', other(), 'LACKING'],
      ['a replica has it', other({ position: beyond }), 'ELSEWHERE'],
      ['a replica holds it out of sight', other({ report: holding }), 'ELSEWHERE'],
      ['the position of a server is unknown', other({ position: null }), 'LACKING'],
      ['only a backup has it', other({ role: 'BACKUP', position: beyond }), 'LACKING'],
      ['a server that was never seen may have it', unseen(makeNode('replica-1')), 'ELSEWHERE'],
      ['a server that is away may have written it', other(down), 'ELSEWHERE'],
      [
        'a server that is away has not written it',
        other({ ...down, report: makeReport('REPLICA', { identity: '8@there:1' }) }),
        'LACKING',
      ],
    ])('%s', async (_, beside, verdict) => {
      observe('0-1-100');
      known = false;
      snapshot = [...snapshot, beside];
      expect(await judge.judge(beyond)).toBe(verdict);
    });

    it('another server that accepts writes has it, which may be the source', async () => {
      observe('0-1-100');
      snapshot = [...snapshot, other(writable)];
      expect(await judge.judge(beyond)).toBe('ELSEWHERE');
    });

    it('another server that accepts writes does not have it either', async () => {
      observe('0-1-100');
      snapshot = [...snapshot, other({ ...writable, position: position('0-1-99') })];
      expect(await judge.judge(position('0-1-110'))).toBe('LACKING');
    });

    it('it names a known one as well', async () => {
      observe('0-1-100');
      known = false;
      snapshot = [...snapshot, other(down)];
      expect(await judge.judge(position('0-1-110,1-7-1'))).toBe('ELSEWHERE');
    });
  });

  it('is valid for one source, one start of it and one history: each change is told, and none takes another back', async () => {
    const turns = new Set([judge.turns]);
    const changes = async (happen: () => void): Promise<number> => {
      await clock.tick(1);
      happen();
      turns.add(judge.turns);
      return turns.size;
    };
    const another = makeReport('SOURCE', { identity: '2@here:1', position: position('0-1-50') });
    expect(await changes(() => judge.observe([]))).toBe(1);
    expect(await changes(() => observe('0-1-100'))).toBe(2);
    expect(await changes(() => observe('0-1-101'))).toBe(2);
    expect(await changes(() => judge.observe(snapshot))).toBe(2);
    expect(await changes(() => observe('0-1-60'))).toBe(3);
    expect(await changes(() => judge.observe([]))).toBe(4);
    expect(await changes(() => judge.observe([]))).toBe(4);
    expect(await changes(() => observe('0-1-60'))).toBe(4);
    expect(await changes(() => observe('0-1-60', { position: null }))).toBe(5);
    expect(await changes(() => observe('0-1-50', { report: another }))).toBe(6);
    expect(await changes(() => observe('0-1-40', { node: makeNode('source-2') }))).toBe(7);
    expect(goneBack).toHaveLength(1);
  });

  describe('while a connection to the source was lost and it has not been probed', () => {
    const doubt = () => {
      snapshot = snapshot.map((status) => ({ ...status, position: null }));
    };
    it.each<[finds: string, observe: () => void, verdict: string, gone: number]>([
      ['it as it was', () => observe('0-1-100'), 'INCLUDED', 0],
      ['that it has gone back', () => observe('0-1-60'), 'LACKING', 1],
      ['nobody', () => judge.observe([]), 'UNJUDGED', 0],
    ])('waits for the probe that is under way, which finds %s', async (_what, found, verdict, gone) => {
      observe('0-1-100');
      await clock.tick(10);
      doubt();
      settle = found;
      expect(await judge.judge(position('0-1-90'))).toBe(verdict);
      expect(goneBack).toHaveLength(gone);
    });

    it('takes no number for the lost one that the source has given out again meanwhile', async () => {
      observe('0-1-100');
      judge.wrote(position('0-1-110'));
      await clock.tick(10);
      doubt();
      const again = historyOf(
        makeReport('SOURCE', { position: position('0-1-120'), logged: { 1: position('0-1-120') } }),
      );
      answer = { logged: again, settled: again };
      settle = () => observe('0-1-60');
      expect(await judge.judge(position('0-1-61'))).toBe('INCLUDED');
      expect(goneBack).toHaveLength(1);
      expect(asked).toBe(1);
    });
  });

  it('remembers over an absence what the source had', async () => {
    observe('0-1-100');
    judge.observe([]);
    await clock.tick(10);
    observe('0-1-60');
    expect(goneBack).toHaveLength(1);
  });
});
