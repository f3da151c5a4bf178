import { describe, expect, it } from 'vitest';
import { demonstrate } from '../../../src/dashboard/lab/demonstration.ts';
import { doneTo, type LabAct, type LabNode } from '../../../src/dashboard/lab/lab-node.ts';
import {
  bucketEndsMs,
  isStale,
  noRounds,
  percentileMs,
  type Round,
  shareInWords,
  withFailure,
  withRound,
} from '../../../src/dashboard/lab/round-stats.ts';

const round: Round = { wrote: 5, read: 5, node: 'replica-1', role: 'REPLICA', reason: 'any-replica', readMs: 4 };

describe('a round of the loop', () => {
  it.each([
    [5, false],
    [6, false],
    [4, true],
    [null, true],
  ])('that wrote version 5 and read %s is stale: %s', (read, stale) => {
    expect(isStale({ ...round, read })).toBe(stale);
  });
});

describe('the counts of the loop', () => {
  it('grow with each round, each read in one bucket', () => {
    const rounds = [
      round,
      { ...round, read: 4 },
      { ...round, role: 'SOURCE', readMs: 1000 },
      { ...round, readMs: 0.2 },
    ];
    const stats = rounds.reduce(withRound, noRounds);
    expect(stats).toMatchObject({ rounds: 4, stale: 1, onReplicas: 3, failed: 0 });
    const filled = stats.counts.flatMap((count, index) => (count === 0 ? [] : [[bucketEndsMs[index], count]]));
    expect(filled).toEqual([
      [1, 1],
      [5, 2],
      [Number.POSITIVE_INFINITY, 1],
    ]);
  });

  it('tell errors apart from rounds', () => {
    expect(withFailure(noRounds, 'SOURCE_UNAVAILABLE')).toMatchObject({
      rounds: 0,
      failed: 1,
      lastError: 'SOURCE_UNAVAILABLE',
    });
  });

  it('rank how long reads took', () => {
    expect(percentileMs(noRounds, 50)).toBeNull();
    const stats = Array.from({ length: 100 }, (_, index) => ({ ...round, readMs: 100 - index })).reduce(
      withRound,
      noRounds,
    );
    expect([1, 50, 99, 100].map((percent) => percentileMs(stats, percent))).toEqual([1, 50, 99, 100]);
  });

  it.each([
    [0, 0, '–'],
    [0, 10, '0 %'],
    [1, 1000, '< 1 %'],
    [999, 1000, '> 99 %'],
    [1, 3, '33 %'],
    [7, 7, '100 %'],
  ])('%i of %i is %s', (part, whole, words) => expect(shareInWords(part, whole)).toBe(words));
});

describe('what is done to a server', () => {
  const well: LabNode = { name: 'r', role: 'replica', state: 'running', applier: 'running', delayS: 0, doing: null };
  it.each<[Partial<LabNode>, string | null]>([
    [{}, null],
    [{ delayS: null, applier: null }, null],
    [{ delayS: 2 }, 'r is 2 s late'],
    [{ delayS: 2, applier: 'stopped' }, 'r has its applier stopped'],
    [{ state: 'hung' }, 'r hangs'],
    [{ state: 'killed', delayS: 2 }, 'r was killed'],
  ])('%j: %s', (node, words) => expect(doneTo({ ...well, ...node })).toBe(words));
});
describe('the demonstration', () => {
  const node = (name: string, delayS: number | null): LabNode => ({
    name,
    role: 'replica',
    state: 'running',
    applier: 'running',
    delayS,
    doing: null,
  });

  async function play(act: LabAct, signal = new AbortController().signal): Promise<string[]> {
    const did: string[] = [];
    await demonstrate({
      loop: {
        start: () => did.push('start'),
        stop: () => did.push('stop'),
        clear: () => did.push('clear'),
        carryToken: (on) => did.push(`token ${on}`),
      },
      lab: {
        nodes: [
          node('a', 0),
          node('b', null),
          { ...node('c', 0), state: 'killed' },
          { ...node('s', 0), role: 'source' },
        ],
        act: (name, action, forS) => {
          did.push(
            `${name} ${action.name} ${action.seconds ?? ''}${forS === undefined ? '' : ` for ${forS} s`}`.trim(),
          );
          return act(name, action);
        },
      },
      say: () => undefined,
      signal,
      eachMs: 1,
    });
    return did;
  }

  it('makes replicas late, runs without the token and with it, and mends what it did', async () => {
    expect(await play(async () => true)).toEqual([
      'stop',
      'clear',
      'a delay 1 for 6 s',
      'b stop-applier  for 6 s',
      'token false',
      'start',
      'token true',
      'start',
      'stop',
      'a delay 0',
      'b start-applier',
    ]);
  });

  it('does not undo what was refused, and ends early when the page is closed', async () => {
    const leaving = new AbortController();
    const did = await play(async (name) => {
      leaving.abort();
      return name === 'a';
    }, leaving.signal);
    expect(did).toEqual(['stop', 'clear', 'a delay 1 for 6 s', 'b stop-applier  for 6 s', 'stop', 'a delay 0']);
  });
});
