/** How far a session comes with what its operation reads and writes, by what its surroundings know. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../../src/consistency/position.ts';
import { advanceSession, emptySession, requireSource, type Session } from '../../../src/consistency/session.ts';
import type { Committed } from '../../../src/database/session/database-session.ts';
import { SessionProgress } from '../../../src/database/session/session-progress.ts';
import type { RouteDecision } from '../../../src/routing/route-decision.ts';
import { at } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const before = advanceSession(emptySession('orders', 1), at(3), 100);

let epoch: number | null;
let turn: number;
let believed: (position: Position) => boolean;
let learned: string[];
let asked: string[];
let answer: () => Promise<Position>;
let there: () => Promise<boolean>;
let blind: boolean;
let ahead: boolean;
let sure: Promise<unknown> | null;

beforeEach(() => {
  epoch = 1;
  turn = 0;
  believed = () => true;
  learned = [];
  asked = [];
  answer = async () => at(9);
  there = async () => true;
  blind = false;
  ahead = false;
  sure = null;
});

const make = ({ observes = true, writes = false, session = before } = {}) =>
  new SessionProgress(
    {
      clock: new TickingClock(5000),
      epoch: () => epoch,
      historyTurn: () => turn,
      sourceSure: () => sure,
      vouchedAtMs: () => 4000,
      believes: (position) => believed(position),
      untilBelieved: async () => void asked.push('until it is believed'),
      observe: async (node) => {
        asked.push(node);
        return answer();
      },
      isThere: () => there(),
      isBlind: () => blind,
      logsAhead: () => ahead,
      learned: (node, position) => void learned.push(`${node} ${position.format()}`),
    },
    { session, writes, intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 0, maxStalenessMs: null } },
    observes,
  );

const decision = (role: RouteDecision['role']): RouteDecision => ({
  node: role.toLowerCase(),
  role,
  reason: 'any-replica',
  waitedMs: 0,
});
const [replica, source, backup] = [decision('REPLICA'), decision('SOURCE'), decision('BACKUP')];
const committed = (given: Partial<Committed<string>> = {}): Committed<string> => ({
  value: 'written',
  position: at(8),
  onlyOnSource: false,
  includesItsReads: true,
  issuedAtMs: 300,
  ...given,
});

/** Reads once, with what was learned on the way. */
function read(progress: SessionProgress, onTheWay = true): void {
  progress.readBegins();
  if (progress.observation.begins() && onTheWay) progress.observation.learn({ reached: at(5), observed: at(7) });
  progress.readEnds();
}

const told = ({ position, issuedAtMs, requiresSource }: Session) =>
  `${position?.format() ?? 'nothing'} at ${issuedAtMs}${requiresSource ? ', needs the source' : ''}`;

describe('an operation that has read', () => {
  it.each<[string, RouteDecision, string, readonly string[]]>([
    ['on a replica, as of when the source vouched for it', replica, '0-1-7 at 4000', ['replica 0-1-5']],
    ['on the source, as of now', source, '0-1-7 at 5000', []],
    ['on the backup, by nothing', backup, '0-1-3 at 100', []],
  ])('%s advances', async (_, where, session, positions) => {
    const progress = make();
    read(progress);
    expect(await progress.observe(where, null)).toBeNull();
    expect(told(progress.session)).toBe(session);
    expect([learned, asked]).toEqual([positions, []]);
    expect([progress.historyMoved, progress.unobserved]).toEqual([false, false]);
  });

  it.each<[string, () => SessionProgress]>([
    ['nothing yet', () => make()],
    ['without observing', () => make({ observes: false })],
  ])('%s asks nothing', async (_, prepare) => {
    const progress = prepare();
    if (!progress.observation.isWanted) read(progress);
    await progress.observe(replica, null);
    expect(asked).toEqual([]);
    expect(progress.session).toBe(before);
  });

  it('wants to learn on the way only where it observes and does not write', () => {
    const wanted = [true, false].flatMap((observes) =>
      [true, false].map((writes) => make({ observes, writes }).observation.isWanted),
    );
    expect(wanted).toEqual([false, true, false, false]);
  });

  it('has the node asked when nothing was learned on the way', async () => {
    const progress = make();
    read(progress, false);
    await progress.observe(replica, null);
    expect([asked, learned, told(progress.session)]).toEqual([['replica'], [], '0-1-9 at 4000']);
  });

  it('has the node asked while another read is under way', async () => {
    const progress = make();
    read(progress);
    progress.readBegins();
    await progress.observe(replica, null);
    expect([asked, told(progress.session)]).toEqual([['replica'], '0-1-9 at 4000']);
  });

  it('has a source asked that logs ahead, and no replica', async () => {
    ahead = true;
    for (const [where, expected] of [
      [source, ['source']],
      [replica, []],
    ] as const) {
      asked = [];
      const progress = make();
      read(progress);
      await progress.observe(where, null);
      expect(asked).toEqual(expected);
    }
  });

  it('a snapshot advances by what that shows, however many reads run', async () => {
    const progress = make();
    read(progress, false);
    progress.readBegins();
    await progress.observe(replica, { reached: at(5), observed: at(6) });
    expect([asked, learned, told(progress.session)]).toEqual([[], ['replica 0-1-5'], '0-1-6 at 4000']);
  });

  it('does not ask twice for the same reads, and asks again for later ones', async () => {
    const progress = make();
    read(progress, false);
    await progress.observe(replica, null);
    await progress.observe(replica, null);
    expect(asked).toHaveLength(1);
    read(progress, false);
    await progress.observe(replica, null);
    expect(asked).toHaveLength(2);
  });

  it('covers, of several that observe at once, the reads that were done when each began', async () => {
    const progress = make();
    const answers: (() => void)[] = [];
    answer = () => new Promise((resolve) => answers.push(() => resolve(at(9))));
    read(progress, false);
    const first = progress.observe(replica, null);
    read(progress, false);
    const second = progress.observe(replica, null);
    answers[1]?.();
    await second;
    answers[0]?.();
    await first;
    await progress.observe(replica, null);
    expect(asked).toHaveLength(2);
  });

  it('on a node whose positions say nothing needs the source, and asks once', async () => {
    blind = true;
    const progress = make();
    read(progress);
    await progress.observe(replica, null);
    expect(told(progress.session)).toBe('0-1-3 at 100, needs the source');
    blind = false;
    await progress.observe(replica, null);
    expect(told(progress.session)).toBe('0-1-3 at 100, needs the source');
    expect(asked).toEqual([]);
  });

  it('waits until a position is believed, and only then', async () => {
    const progress = make();
    read(progress);
    await progress.observe(replica, null);
    expect(asked).toEqual([]);
    believed = () => false;
    read(progress, false);
    await progress.observe(replica, null);
    expect(asked).toEqual(['replica', 'until it is believed']);
    expect(told(progress.session)).toBe('0-1-7 at 4000, needs the source');
  });

  it('waits until it is known whether a node is there that does not tell', async () => {
    let tell: (isThere: boolean) => void = () => undefined;
    there = () =>
      new Promise((resolve) => {
        tell = resolve;
      });
    answer = async () => Promise.reject(new Error('lost the connection'));
    const progress = make();
    read(progress, false);
    const observed = progress.observe(source, null);
    await new Promise(setImmediate);
    expect(progress.unobserved).toBe(false);
    tell(false);
    expect(await observed).toBe('source');
    expect(progress.unobserved).toBe(true);
  });

  it('does not wait for what a source says that has turned', async () => {
    const progress = make();
    read(progress, false);
    turn = 1;
    believed = () => false;
    await progress.observe(source, null);
    expect(asked).toEqual(['source']);
    expect([told(progress.session), progress.historyMoved]).toEqual(['0-1-3 at 100, needs the source', true]);
  });

  it('on a source that has turned needs the source, and says that history has moved', async () => {
    const progress = make();
    read(progress);
    turn = 1;
    await progress.observe(source, null);
    expect([told(progress.session), progress.historyMoved]).toEqual(['0-1-3 at 100, needs the source', true]);
  });

  it('on a replica asks nothing of a source that has turned', async () => {
    const progress = make();
    read(progress);
    turn = 1;
    sure = Promise.reject(new Error('nobody asks'));
    sure.catch(() => undefined);
    await progress.observe(replica, null);
    expect([told(progress.session), progress.historyMoved]).toEqual(['0-1-7 at 4000', false]);
  });

  it.each([
    [false, true],
    [true, false],
  ])('over a promotion needs the source; writing: %s, and says that history has moved: %s', async (writes, moved) => {
    const progress = make({ writes });
    read(progress);
    epoch = 2;
    await progress.observe(replica, null);
    expect([progress.session.requiresSource, progress.historyMoved]).toEqual([true, moved]);
  });

  it('on the source settles what needed it', async () => {
    const progress = make({ session: requireSource(before) });
    read(progress);
    await progress.observe(source, null);
    expect(told(progress.session)).toBe('0-1-7 at 5000');
    const elsewhere = make({ session: requireSource(before) });
    read(elsewhere);
    await elsewhere.observe(replica, null);
    expect(elsewhere.session.requiresSource).toBe(true);
  });

  it.each([
    [false, false, 'replica', true],
    [true, false, null, false],
    [false, true, null, false],
  ])('on a node that does not tell, there: %s, writing: %s, is lost: %s', async (isThere, writes, lost, unobserved) => {
    there = async () => isThere;
    answer = async () => Promise.reject(new Error('does not answer'));
    const progress = make({ writes });
    read(progress, false);
    expect(await progress.observe(replica, null)).toBe(lost);
    expect(progress.unobserved).toBe(unobserved);
    expect(told(progress.session)).toBe('0-1-3 at 100, needs the source');
    await progress.observe(replica, null);
    expect(asked).toHaveLength(1);
  });
});

describe('an operation that has written', () => {
  it.each<[string, Partial<Committed<string>>, string]>([
    ['advances by what it wrote', {}, '0-1-8 at 300'],
    ['stays where it was when it wrote nothing', { position: null }, '0-1-3 at 100'],
    [
      'needs the source for what no position tells',
      { position: null, onlyOnSource: true },
      '0-1-3 at 100, needs the source',
    ],
  ])('%s', async (_, given, session) => {
    const progress = make({ writes: true });
    const reads = progress.transactionReads();
    expect(reads).toBe(1);
    const written = committed(given);
    expect(await progress.committed(written, reads)).toBe(written);
    expect(told(progress.session)).toBe(session);
  });

  it('on a source that has turned takes no position for it', async () => {
    const progress = make({ writes: true });
    turn = 1;
    expect(await progress.committed(committed(), 1)).toMatchObject({ position: null, onlyOnSource: true });
    expect(told(progress.session)).toBe('0-1-3 at 100, needs the source');
  });

  it.each<[string, boolean, number, number, number]>([
    ['that includes all of its reads need not ask', true, 0, 0, 0],
    ['that tells nothing of its reads asks', false, 0, 0, 1],
    ['of a transaction behind another read asks for that', true, 1, 0, 1],
    ['of a transaction before another read asks for that', true, 0, 1, 1],
  ])('%s', async (_, includesItsReads, readsBefore, readsAfter, questions) => {
    const progress = make({ writes: true });
    for (let count = 0; count < readsBefore; count += 1) read(progress);
    const reads = progress.transactionReads();
    await progress.committed(committed({ includesItsReads }), reads);
    for (let count = 0; count < readsAfter; count += 1) read(progress);
    await progress.observe(source, null);
    expect(asked).toHaveLength(questions);
  });

  it('and read what only the source has, does not settle there', async () => {
    const progress = make({ writes: true });
    progress.requireSource();
    read(progress);
    await progress.observe(source, null);
    expect(progress.session.requiresSource).toBe(true);
    expect(asked).toEqual([]);
  });

  it('over a promotion needs the source', async () => {
    const progress = make({ writes: true });
    epoch = 2;
    progress.adopt(at(8), 300);
    expect(told(progress.session)).toBe('0-1-3 at 100, needs the source');
  });

  it('what is not believed needs the source', () => {
    const progress = make({ writes: true });
    believed = () => false;
    progress.adopt(at(8), 300);
    expect(told(progress.session)).toBe('0-1-3 at 100, needs the source');
  });
});
