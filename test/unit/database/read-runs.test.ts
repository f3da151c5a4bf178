import { beforeEach, describe, expect, it } from 'vitest';
import { emptySession } from '../../../src/consistency/session.ts';
import {
  type JudgedPast,
  type Runnable,
  type RunningSession,
  runWithFreshness,
} from '../../../src/database/engine/read-runs.ts';
import { NodeLostError } from '../../../src/database/errors.ts';
import { LimitedFunctionalityError, SourceUnavailableError } from '../../../src/routing/errors.ts';

/** What becomes of one run. */
type Fate = {
  readonly fails?: Error;
  readonly lost?: boolean;
  readonly unobserved?: boolean;
  readonly moved?: boolean;
  readonly role?: 'SOURCE' | 'REPLICA';
  /** Some of its reads were not answered. */
  readonly unanswered?: boolean;
};
type Run = { readonly node: string; readonly past: JudgedPast; readonly excluded: readonly string[]; log: string[] };
class Running implements RunningSession {
  lostNodes: ReadonlySet<string> | null = null;
  unobserved = false;
  historyMoved = false;
  readonly decision;
  readonly fate: Fate;
  readonly run: Run;

  constructor(run: Run, fate: Fate) {
    this.fate = fate;
    this.run = run;
    this.decision = { node: run.node, role: fate.role ?? 'REPLICA', reason: 'any-replica', waitedMs: 0 } as const;
  }

  get answeredAll(): boolean {
    return !this.fate.unanswered;
  }

  answeredElsewhere(): void {
    elsewhere.push(this.run.node);
  }

  lose(): void {
    this.lostNodes = new Set([...this.run.excluded, this.run.node]);
  }

  async observe(): Promise<void> {
    this.run.log.push('observed');
    this.historyMoved = this.fate.moved ?? false;
    this.unobserved = this.fate.unobserved ?? false;
    if (this.unobserved) this.lose();
  }

  end(): void {
    this.run.log.push('ended');
  }
}

const lost = { lost: true, fails: new NodeLostError('it', null) };
const refusal = new SourceUnavailableError('No source');
const judged: JudgedPast = { session: emptySession('orders', 1), isUnjudged: false, judgedIn: 1 };
const later: JudgedPast = { ...judged, session: emptySession('orders', 2) };

let runs: Run[];
/** The nodes of which another one has answered everything. */
let elsewhere: string[];
let resumed: number;
beforeEach(() => {
  runs = [];
  elsewhere = [];
  resumed = 0;
});

type Setting = {
  readonly mayRerun?: boolean;
  readonly past?: JudgedPast;
  readonly resume?: () => JudgedPast;
  readonly historyTurns?: number;
};

/** Each run answers with its number. */
function runAll(fates: readonly Fate[], setting: Setting = {}): Promise<number> {
  const { mayRerun = true, past = judged, resume = () => later, historyTurns = 1 } = setting;
  const runnable: Runnable<JudgedPast, Running, number, number> = {
    mayRerun,
    resume: () => {
      resumed += 1;
      return resume();
    },
    open: (given, excluded) => {
      const fate = fates[runs.length];
      if (fate === undefined) throw new Error('One run more than there should be');
      const run = { node: `node-${runs.length + 1}`, past: given, excluded: [...excluded], log: [] };
      runs.push(run);
      return new Running(run, fate);
    },
    work: async (running) => {
      const { fate } = running;
      const number = runs.length;
      if (fate.lost) running.lose();
      if (fate.fails !== undefined) throw fate.fails;
      return number;
    },
    answer: (number) => number,
  };
  return runWithFreshness({ historyTurns }, runnable, past);
}

describe('an operation that reads', () => {
  it('is run once in ordinary times', async () => {
    expect(await runAll([{}])).toBe(1);
    expect(runs).toEqual([{ node: 'node-1', past: judged, excluded: [], log: ['observed', 'ended'] }]);
    expect(resumed).toBe(0);
  });

  it.each<[string, Fate]>([
    ['failed', lost],
    ['went on and answered', { lost: true }],
  ])('is run past the node that was lost, when it %s', async (_, fate) => {
    expect(await runAll([fate, fate, {}])).toBe(3);
    expect(runs.map(({ excluded }) => excluded)).toEqual([[], ['node-1'], ['node-1', 'node-2']]);
    expect(runs.map(({ past }) => past)).toEqual([judged, judged, judged]);
    expect(runs.map(({ log }) => log)).toEqual([['ended'], ['ended'], ['observed', 'ended']]);
  });

  it('is run three times at most', async () => {
    await expect(runAll([lost, lost, lost])).rejects.toBe(lost.fails);
    expect(runs).toHaveLength(3);
    runs = [];
    expect(await runAll([{ lost: true }, { lost: true }, { lost: true }])).toBe(3);
    runs = [];
    expect(await runAll([{ moved: true }, { moved: true }, { moved: true }])).toBe(3);
  });

  it('fails with what is not the fault of a node', async () => {
    await expect(runAll([{ fails: refusal }])).rejects.toBe(refusal);
    expect(runs.map(({ log }) => log)).toEqual([['ended']]);
  });

  it('has the better answer when its node was lost before it told what was seen', async () => {
    expect(await runAll([{ unobserved: true }, {}])).toBe(2);
    expect(runs[1]?.excluded).toEqual(['node-1']);
  });

  it.each<[string, readonly Fate[]]>([
    ['no other server can', [{ unobserved: true }, { fails: refusal }]],
    ['no other server can after a promotion', [{ moved: true }, { fails: refusal }]],
    ['the others are lost too', [{ unobserved: true }, lost, lost]],
  ])('keeps its own answer when %s', async (_, fates) => {
    expect(await runAll(fates)).toBe(1);
    expect(runs).toHaveLength(fates.length);
  });

  it('does not hide that another run broke', async () => {
    const broken = new Error('broken');
    await expect(runAll([{ unobserved: true }, { fails: broken }])).rejects.toBe(broken);
  });

  it('fails as the last one did when what it read was not whole', async () => {
    await expect(runAll([{ lost: true }, { fails: refusal }])).rejects.toBe(refusal);
  });

  it('is judged anew when a promotion has overtaken it', async () => {
    expect(await runAll([{ moved: true }, {}])).toBe(2);
    expect(runs.map(({ past }) => past)).toEqual([judged, later]);
    expect(runs[1]?.excluded).toEqual([]);
  });

  it('tells what a promotion has lost, whatever it has read before', async () => {
    const resume = () => {
      throw refusal;
    };
    await expect(runAll([{ moved: true }], { resume })).rejects.toBe(refusal);
    expect(runs.map(({ log }) => log)).toEqual([['observed', 'ended']]);
  });
});

describe('what a run could not read', () => {
  const went: Fate = { lost: true };
  it.each<[what: string, fates: readonly Fate[], answered: readonly string[]]>([
    ['was read by the next run', [lost, {}], ['node-1']],
    ['was read by the next run, when it had gone on', [went, {}], ['node-1']],
    ['was read by the third', [lost, went, {}], ['node-1', 'node-2']],
    ['was read by none', [went, went, went], []],
    ['was perhaps not read by the next run either', [lost, { unanswered: true }], []],
    ['was nothing', [{}], []],
  ])('%s: nodes are told so', async (_, fates, answered) => {
    await runAll(fates);
    expect(elsewhere).toEqual(answered);
  });

  it('was not read where the next run failed', async () => {
    await expect(runAll([lost, { fails: refusal }])).rejects.toBe(refusal);
    expect(elsewhere).toEqual([]);
  });
});

describe('what was seen before', () => {
  const unjudged = { ...judged, isUnjudged: true };

  it.each<[string, Setting, number]>([
    ['was judged by the source that is there', {}, 0],
    ['was nothing to judge', { past: { ...judged, judgedIn: null }, historyTurns: 2 }, 0],
    ['was judged by another source', { historyTurns: 2 }, 1],
    ['could not be judged', { past: unjudged }, 1],
  ])('%s', async (_, setting, times) => {
    expect(await runAll([{ role: 'SOURCE' }], setting)).toBe(1);
    expect(resumed).toBe(times);
  });

  it('is refused when it turns out to be lost', async () => {
    const resume = () => {
      throw refusal;
    };
    await expect(runAll([{}], { historyTurns: 2, resume })).rejects.toBe(refusal);
  });

  it('proves nothing while the source that answered does not tell', async () => {
    const resume = () => unjudged;
    const source: Fate = { role: 'SOURCE' };
    await expect(runAll([source, source, source], { past: unjudged, resume })).rejects.toThrow(
      LimitedFunctionalityError,
    );
    expect(runs.map(({ excluded }) => excluded)).toEqual([[], ['node-1'], ['node-1', 'node-2']]);
  });

  it.each<[string, Fate]>([
    ['could not be judged', {}],
    ['could not be judged, and a promotion has overtaken the read', { moved: true }],
  ])('%s by the source that answered: a replica answers', async (_, fate) => {
    const resume = () => unjudged;
    const fates: Fate[] = [{ role: 'SOURCE', ...fate }, ...(fate.moved ? [{ fails: refusal }] : []), {}];
    expect(await runAll(fates, { past: unjudged, resume })).toBe(fates.length);
    expect(runs.map(({ excluded }) => excluded).at(-1)).toEqual(['node-1']);
    expect(runs.at(-1)?.past).toBe(unjudged);
  });

  it('is refused as the last server refused it when there is no replica', async () => {
    const resume = () => unjudged;
    await expect(runAll([{ role: 'SOURCE' }, { fails: refusal }], { past: unjudged, resume })).rejects.toBe(refusal);
  });

  it('proves nothing when the source that answered was lost and no other server can', async () => {
    const resume = () => unjudged;
    const fates: Fate[] = [{ role: 'SOURCE', unobserved: true }, { fails: refusal }];
    await expect(runAll(fates, { past: unjudged, resume })).rejects.toThrow(LimitedFunctionalityError);
    expect(runs).toHaveLength(2);
  });
});

describe('an operation that writes', () => {
  it.each<[string, Fate]>([
    ['went on without its node', { lost: true }],
    ['is overtaken by a promotion', { moved: true }],
    ['brings what was judged by another source', {}],
  ])('is run once, also when it %s', async (_, fate) => {
    expect(await runAll([fate], { mayRerun: false, historyTurns: 2 })).toBe(1);
    expect(resumed).toBe(0);
  });

  it('fails when its node is lost', async () => {
    await expect(runAll([lost], { mayRerun: false })).rejects.toBe(lost.fails);
    expect(runs).toHaveLength(1);
  });
});
