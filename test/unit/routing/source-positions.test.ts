import { beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../../src/consistency/position.ts';
import { SourcePositions } from '../../../src/routing/source-positions.ts';
import { at } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

let clock: TickingClock;
let now: Position;
let asked: string[];
let answerAfterMs: number;
let positions: SourcePositions;

beforeEach(() => {
  clock = new TickingClock();
  now = at(1);
  asked = [];
  answerAfterMs = 0;
  positions = new SourcePositions(clock, async (source) => {
    asked.push(source);
    const position = now;
    if (answerAfterMs > 0) await clock.sleep(answerAfterMs);
    return position;
  });
});

const within = async (ms: number, source: string | null = 'a') =>
  (await positions.within(ms, source))?.format() ?? null;

describe('what the source had', () => {
  it('is requested if unknown, and remembered as long as the bound allows', async () => {
    expect(await within(100)).toBe('0-1-1');
    now = at(2);
    await clock.tick(100);
    expect(await within(100)).toBe('0-1-1');
    await clock.tick(1);
    expect(await within(100)).toBe('0-1-2');
    expect(asked).toHaveLength(2);
  });

  it('is the oldest that will do', async () => {
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      positions.note('a', at(sequence), clock.monotonic());
      await clock.tick(1000);
    }
    expect([await within(5000), await within(3500), await within(1000)]).toEqual(['0-1-1', '0-1-3', '0-1-5']);
  });

  it('counts its age from before the question, however long the answer took', async () => {
    answerAfterMs = 300;
    const answer = within(500);
    await clock.tick(300);
    expect(await answer).toBe('0-1-1');
    now = at(2);
    await clock.tick(200);
    answerAfterMs = 0;
    expect(await within(500)).toBe('0-1-1');
    await clock.tick(1);
    expect(await within(500)).toBe('0-1-2');
  });

  it('is forgotten when another server is the source', async () => {
    await within(1000, 'a');
    now = at(7);
    expect(await within(1000, 'b')).toBe('0-1-7');
    expect(await within(1000, 'a')).toBe('0-1-7');
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('does not count when the answer comes after another server became the source', async () => {
    answerAfterMs = 50;
    const late = within(1000, 'a');
    positions.note('b', at(9), clock.monotonic());
    await clock.tick(50);
    expect(await late).toBe('0-1-1');
    expect(await within(1000, 'b')).toBe('0-1-9');
  });

  it('outlives the source for as long as the bound allows', async () => {
    positions.note('a', at(4), clock.monotonic());
    await clock.tick(900);
    expect(await within(1000, null)).toBe('0-1-4');
    expect(await within(800, null)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('rejects when it cannot be read, and is asked for again', async () => {
    const failing = new SourcePositions(clock, () => Promise.reject(new Error('does not answer')));
    await expect(failing.within(10, 'a')).rejects.toThrow('does not answer');
  });

  it('covers seconds, however often it is asked', async () => {
    for (let ms = 0; ms < 5000; ms += 1) {
      positions.note('a', at(ms + 1), clock.monotonic());
      await clock.tick(1);
    }
    const old = await positions.within(4900, 'a');
    expect(at(300).includes(old as Position)).toBe(true);
    expect((await positions.within(1, 'a'))?.includes(at(5000))).toBe(true);
  });
});
