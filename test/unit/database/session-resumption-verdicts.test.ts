/** What tokens are brought to, by what the source, the record of epochs and a probe at everybody tell. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import type { PastVerdict, ResumedSession } from '../../../src/consistency/resume-session.ts';
import { advanceSession, emptySession, requireSource, type Session } from '../../../src/consistency/session.ts';
import { SessionResumption } from '../../../src/database/session/session-resumption.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const token = (epoch: number, sequence: number): Session =>
  advanceSession(emptySession('orders', epoch), at(sequence), 1000);
const first: EpochHistory = [{ epoch: 1, sourceId: '1@a', endOfPrevious: null }];
const second: EpochHistory = [...first, { epoch: 2, sourceId: '2@b', endOfPrevious: at(100) }];

let clock: TickingClock;
let epochs: EpochHistory;
/** What the source says: at once, or when it has been asked. */
let verdict: PastVerdict | Promise<PastVerdict>;
let asked: { readonly position: string; readonly recorded: boolean | undefined }[];
let snapshot: NodeStatus[];
let probes: number;
let lost: Session[];
let recorded: Promise<void> | null;
let surviving: number | null;
let turns: number;

const seen = (name: string, asOfMs: number, given: Partial<NodeStatus> = {}): NodeStatus => ({
  ...unseen(makeNode(name)),
  state: 'HEALTHY',
  role: name === 'source' ? 'SOURCE' : 'REPLICA',
  report: makeReport(name === 'source' ? 'SOURCE' : 'REPLICA'),
  position: at(10),
  tookWrites: name === 'source',
  asOfMs,
  ...given,
});

/** When the test begins. */
const nowMs = 100;

beforeEach(async () => {
  clock = new TickingClock();
  await clock.tick(nowMs);
  epochs = second;
  verdict = 'INCLUDED';
  asked = [];
  snapshot = [seen('source', 0)];
  probes = 0;
  lost = [];
  recorded = null;
  surviving = null;
  turns = 1;
});

const make = () => {
  const judge = {
    judge: (position: { format(): string }, options: { recorded?: boolean } = {}) => {
      asked.push({ position: position.format(), recorded: options.recorded });
      return verdict;
    },
    surviving: () => (surviving === null ? null : at(surviving)),
    get turns() {
      return turns;
    },
  };
  const cluster = { judge, snapshot: () => snapshot, probeAgain: () => (probes += 1) };
  return new SessionResumption({
    cluster: cluster as unknown as Cluster,
    clock,
    epochs: () => epochs,
    onLost: (gone) => void lost.push(gone),
    recorded: () => recorded,
  });
};
const resume = (...tokens: Session[]) => make().resume('orders', tokens);
/** At once: without a promise. */
const atOnce = (...tokens: Session[]): ResumedSession => {
  const resumed = resume(...tokens);
  if (resumed instanceof Promise) throw new Error('It was not there at once');
  return resumed;
};

describe('what is known is there at once', () => {
  it('of no tokens at all', () => {
    expect(atOnce()).toMatchObject({ session: emptySession('orders', 2), lost: [], ahead: [] });
    expect(asked).toEqual([]);
  });

  it('of a token that the source includes', () => {
    const one = token(2, 5);
    expect(atOnce(one)).toMatchObject({ session: one, isUnjudged: false });
    expect(asked).toEqual([{ position: at(5).format(), recorded: false }]);
  });

  it('of a token of the epoch before that has survived, which the record vouches for', () => {
    expect(atOnce(token(1, 90)).session.position?.format()).toBe(at(90).format());
    expect(asked).toEqual([{ position: at(90).format(), recorded: true }]);
  });

  it('of a token without a position, about which no server is asked', () => {
    expect(atOnce(requireSource(emptySession('orders', 2))).session.requiresSource).toBe(true);
    expect(asked).toEqual([]);
  });

  it('of a token that the record says is lost, about which no server is asked', () => {
    const gone = token(1, 105);
    expect(atOnce(gone)).toMatchObject({ lost: [gone] });
    expect([asked, lost]).toEqual([[], []]);
  });

  it('of a token that the source alone says is lost: that is told', () => {
    verdict = 'LACKING';
    surviving = 4;
    const gone = token(2, 5);
    const resumed = atOnce(gone);
    expect(resumed).toMatchObject({ lost: [gone] });
    expect(resumed.healed.position?.format()).toBe(at(4).format());
    expect(lost).toEqual([gone]);
  });
});

describe('what is not known is asked', () => {
  it('of all tokens at a time', async () => {
    verdict = Promise.resolve('INCLUDED');
    const resumed = await resume(token(2, 5), token(2, 7));
    expect(resumed).toMatchObject({ isUnjudged: false });
    expect(resumed.session.position?.format()).toBe(at(7).format());
    expect(asked).toHaveLength(2);
  });

  it('and a loss is told when its epoch has been recorded', async () => {
    verdict = 'LACKING';
    let done: () => void = () => undefined;
    recorded = new Promise((resolve) => {
      done = resolve;
    });
    epochs = first;
    const gone = token(1, 105);
    const resuming = Promise.resolve(resume(gone));
    let resumed: ResumedSession | null = null;
    void resuming.then((found) => {
      resumed = found;
    });
    await clock.tick(10);
    expect(resumed).toBeNull();
    epochs = second;
    done();
    expect((await resuming).session.epoch).toBe(2);
  });

  it('but no record is waited for where nothing is lost', () => {
    recorded = new Promise(() => undefined);
    expect(atOnce(token(2, 5)).lost).toEqual([]);
  });
});

describe('a token of an epoch unknown here', () => {
  const newer = token(3, 5);

  async function resumedAfter(ms: number, ...tokens: Session[]): Promise<ResumedSession | null> {
    let resumed: ResumedSession | null = null;
    void Promise.resolve(resume(...tokens)).then((found) => {
      resumed = found;
    });
    await clock.tick(ms);
    return resumed;
  }

  it('makes all servers be probed, and waits for half a second', async () => {
    expect(await resumedAfter(499, newer)).toBeNull();
    expect(probes).toBe(1);
    await clock.tick(1);
    expect(clock.timers).toBe(0);
    expect(await resumedAfter(500, newer)).toMatchObject({ ahead: [newer], lost: [] });
  });

  it('is brought to the present once the epoch is heard of', async () => {
    const third: EpochHistory = [...second, { epoch: 3, sourceId: '3@c', endOfPrevious: at(4) }];
    clock.after(30, () => {
      epochs = third;
    });
    expect(await resumedAfter(40, newer)).toMatchObject({ ahead: [], session: newer });
    expect(asked).toEqual([{ position: at(5).format(), recorded: false }]);
  });

  it.each<[string, () => NodeStatus[], boolean]>([
    ['all of them answered since', () => [seen('source', nowMs), seen('replica-1', nowMs)], true],
    ['one has not answered since', () => [seen('source', nowMs), seen('replica-1', nowMs - 1)], false],
    ['one was never seen', () => [seen('source', nowMs), seen('replica-1', nowMs, { asOfMs: null })], false],
    ['one is down', () => [seen('source', nowMs), seen('replica-1', nowMs, { state: 'DOWN', failures: 2 })], false],
    ['none of them takes writes', () => [seen('replica-1', nowMs)], false],
    [
      'only the backup has not answered',
      () => [seen('source', nowMs), seen('backup', nowMs - 1, { role: 'BACKUP', state: 'DOWN', failures: 2 })],
      true,
    ],
  ])('is forgotten by all when %s', async (_, servers, forgotten) => {
    snapshot = servers();
    const resumed = await resumedAfter(600, newer);
    expect(resumed).toMatchObject(forgotten ? { lost: [newer], ahead: [] } : { lost: [], ahead: [newer] });
    expect(lost).toEqual(forgotten ? [newer] : []);
  });

  it('that all have forgotten is not waited for', async () => {
    snapshot = [seen('source', nowMs)];
    expect(await resumedAfter(0, newer)).toMatchObject({ lost: [newer] });
  });

  it('does not keep one beside it from being judged', async () => {
    const known = token(2, 5);
    const resumed = await resumedAfter(510, newer, known);
    expect(resumed).toMatchObject({ ahead: [newer], isUnjudged: false });
    expect(resumed?.session.position?.format()).toBe(at(5).format());
  });
});

describe('a source that says it is not the source any more', () => {
  const one = token(2, 5);

  it('is waited with until another one takes the writes', async () => {
    verdict = Promise.resolve('ELSEWHERE');
    let resumed: ResumedSession | null = null;
    void Promise.resolve(resume(one)).then((found) => {
      resumed = found;
    });
    await clock.tick(5);
    turns = 2;
    snapshot = [seen('source', 0, { state: 'DOWN', failures: 2 })];
    await clock.tick(40);
    expect(resumed).toBeNull();
    snapshot = [seen('source', 0)];
    verdict = 'INCLUDED';
    await clock.tick(10);
    expect(resumed).toMatchObject({ session: one, ahead: [] });
  });

  it('twice is told to the client: it may try again', async () => {
    verdict = Promise.resolve('ELSEWHERE');
    let resumed: ResumedSession | null = null;
    void Promise.resolve(resume(one)).then((found) => {
      resumed = found;
    });
    await clock.tick(499);
    expect([resumed, probes]).toEqual([null, 1]);
    await clock.tick(11);
    expect(resumed).toMatchObject({ ahead: [one] });
    expect(probes).toBe(1);
  });

  it('beside one that is known has both judged again', async () => {
    const other = token(1, 90);
    verdict = Promise.resolve('ELSEWHERE');
    const judge = make();
    const resuming = Promise.resolve(judge.resume('orders', [one, other]));
    verdict = 'INCLUDED';
    await clock.tick(5);
    turns = 2;
    await clock.tick(10);
    expect((await resuming).session.position?.format()).toBe(at(90).format());
    expect(asked.length).toBeGreaterThanOrEqual(4);
  });
});
