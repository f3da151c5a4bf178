import { beforeEach, describe, expect, it } from 'vitest';
import { PositionTracker, type WaitOutcome } from '../../../src/cluster/position-tracker.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { at, ScriptedProbe } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

let clock: TickingClock;
let probe: ScriptedProbe;
let known: Position | null;
let trusted: boolean;
let tracker: PositionTracker;

beforeEach(() => {
  clock = new TickingClock();
  probe = new ScriptedProbe(clock);
  known = at(1);
  trusted = true;
  tracker = new PositionTracker({
    probe,
    clock,
    sliceMs: 25,
    readTimeoutMs: 400,
    maxWaiters: 600,
    role: () => 'REPLICA',
    known: () => known,
    onReached: (position) => {
      if (trusted) known = known?.merge(position) ?? position;
    },
  });
});

/** Outcomes by the order in which they came. */
function waitAll(sequences: readonly number[], timeoutMs: number, signal?: AbortSignal): WaitOutcome[] {
  const outcomes: WaitOutcome[] = [];
  for (const sequence of sequences) {
    void tracker.waitFor(at(sequence), timeoutMs, signal).then((outcome) => outcomes.push(outcome));
  }
  return outcomes;
}

describe('a wait for a position', () => {
  it('ends at once when the node is known to be there', async () => {
    expect(await tracker.waitFor(at(1), 50)).toBe('REACHED');
    expect(probe.reads + probe.waits).toBe(0);
  });

  it('ends after one question when the node is there without our knowing', async () => {
    probe.position = at(5);
    expect(await tracker.waitFor(at(5), 50)).toBe('REACHED');
    expect(probe).toMatchObject({ reads: 0, waits: 1 });
  });

  it('shares one blocked connection with all the others', async () => {
    const outcomes = waitAll(
      Array.from({ length: 500 }, (_, index) => 2 + index),
      10_000,
    );
    await clock.tick(1000);
    expect(probe.mostBlocked).toBe(1);
    expect(probe.reads).toBeLessThanOrEqual(2);
    expect(tracker.waiting).toBe(500);
    probe.apply(at(250));
    await clock.tick(0);
    expect(outcomes).toHaveLength(249);
    probe.apply(at(1000));
    await clock.tick(0);
    expect(outcomes).toHaveLength(500);
    expect(new Set(outcomes)).toEqual(new Set(['REACHED']));
    expect([probe.blocked, clock.timers, tracker.waiting]).toEqual([0, 0, 0]);
  });

  it('blocks for the smallest position, also one that came in the middle of a slice', async () => {
    const outcomes = waitAll([9], 500);
    await clock.tick(10);
    outcomes.push(...waitAll([], 0));
    const smaller = tracker.waitFor(at(3), 500);
    await clock.tick(16);
    probe.apply(at(3));
    expect(await smaller).toBe('REACHED');
    expect(outcomes).toEqual([]);
    probe.apply(at(9));
    await clock.tick(0);
    expect(outcomes).toEqual(['REACHED']);
  });

  it('ends at its own timeout', async () => {
    const early = waitAll([5], 30);
    const late = waitAll([6], 60);
    await clock.tick(29);
    expect(early).toEqual([]);
    await clock.tick(1);
    expect(early).toEqual(['TIMED_OUT']);
    expect(late).toEqual([]);
    await clock.tick(30);
    expect(late).toEqual(['TIMED_OUT']);
    await clock.tick(25);
    expect([probe.blocked, clock.timers]).toEqual([0, 0]);
  });

  it('ends within a slice when the applier has stopped', async () => {
    probe.applying = false;
    const outcomes = waitAll([5, 6, 7], 5000);
    await clock.tick(25);
    expect(outcomes).toEqual(['NOT_APPLYING', 'NOT_APPLYING', 'NOT_APPLYING']);
  });

  it('ends when the node is lost', async () => {
    const outcomes = waitAll([5, 6], 5000);
    await clock.tick(10);
    probe.crash();
    await clock.tick(0);
    expect(outcomes).toEqual(['UNREACHABLE', 'UNREACHABLE']);
    expect(await tracker.waitFor(at(5), 5000)).toBe('UNREACHABLE');
    expect(clock.timers).toBe(0);
  });

  it('ends when the node has it but its word does not count any more', async () => {
    const outcomes = waitAll([5], 5000);
    await clock.tick(10);
    trusted = false;
    probe.apply(at(5));
    await clock.tick(0);
    expect(outcomes).toEqual(['UNREACHABLE']);
    expect(probe.waits).toBeLessThan(3);
  });

  it('ends when its request does, and leaves nothing behind', async () => {
    const request = new AbortController();
    const outcomes = waitAll([5], 5000, request.signal);
    const others = waitAll([5], 5000);
    await clock.tick(10);
    request.abort();
    await clock.tick(0);
    expect(outcomes).toEqual(['ABORTED']);
    expect(await tracker.waitFor(at(5), 5000, request.signal)).toBe('ABORTED');
    probe.apply(at(5));
    await clock.tick(25);
    expect(others).toEqual(['REACHED']);
    expect([probe.blocked, clock.timers, tracker.waiting]).toEqual([0, 0, 0]);
  });

  it('is turned away when too many wait', async () => {
    waitAll(
      Array.from({ length: 600 }, () => 5),
      5000,
    );
    expect(await tracker.waitFor(at(5), 5000)).toBe('TIMED_OUT');
    tracker.close();
  });

  it('ends when the tracker is closed, and does not begin after it', async () => {
    const outcomes = waitAll([5], 5000);
    await clock.tick(10);
    tracker.close();
    await clock.tick(0);
    expect(outcomes).toEqual(['UNREACHABLE']);
    expect(await tracker.waitFor(at(5), 5000)).toBe('TIMED_OUT');
  });

  it('does not begin without time', async () => {
    expect(await tracker.waitFor(at(5), 0)).toBe('TIMED_OUT');
    expect(probe.waits).toBe(0);
  });

  it('waits again after the waits before it have ended', async () => {
    expect(waitAll([5], 20)).toEqual([]);
    await clock.tick(100);
    const outcome = tracker.waitFor(at(6), 500);
    await clock.tick(10);
    probe.apply(at(6));
    expect(await outcome).toBe('REACHED');
  });
});

describe('an observation', () => {
  it('tells what reads may have seen, and remembers only what they surely see', async () => {
    probe.position = at(5);
    probe.observed = at(6);
    expect((await tracker.observe()).format()).toBe('0-1-6');
    expect(known?.format()).toBe('0-1-5');
  });

  it('never answers with a probe that began before it was asked for', async () => {
    let answer: () => void = () => undefined;
    probe.held = new Promise((resolve) => {
      answer = resolve;
    });
    const early = tracker.observe();
    probe.position = at(9);
    const late = tracker.observe();
    probe.held = null;
    answer();
    expect([(await early).format(), (await late).format()]).toEqual(['0-1-1', '0-1-9']);
  });

  it('rejects when the node does not answer, and is asked anew the next time', async () => {
    probe.trouble = new Error('does not answer');
    await expect(tracker.observe()).rejects.toThrow('does not answer');
    probe.trouble = null;
    expect((await tracker.observe()).format()).toBe('0-1-1');
  });
});
