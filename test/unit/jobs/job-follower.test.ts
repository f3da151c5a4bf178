import { describe, expect, it } from 'vitest';
import { JobFollower } from '../../../src/jobs/job-follower.ts';
import type { JobRecord } from '../../../src/jobs/job-record.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const record = (revision: number, finished = false): JobRecord => ({
  id: 'j1',
  kind: 'RECHECK_ORDERS',
  revision,
  total: 10,
  changed: revision,
  unchanged: 0,
  gone: 0,
  failed: 0,
  alreadyQueued: 0,
  queuedAtMs: 1,
  startedAtMs: null,
  finishedAtMs: finished ? 2 : null,
  cancelledAtMs: null,
  tokens: [],
});

function following(first: JobRecord, looked: () => JobRecord | null = () => null) {
  const clock = new TickingClock();
  let hear: (record: JobRecord) => void = () => undefined;
  let ends = 0;
  const listen = (listener: (record: JobRecord) => void) => {
    hear = listener;
    return () => {
      hear = () => undefined;
    };
  };
  const follower = new JobFollower({ id: 'j1', read: async () => looked(), listen, clock }, first, () => {
    ends += 1;
  });
  const next = async () => {
    const { value, done } = await follower.stream.next();
    return done ? 'ended' : value.item.revision;
  };
  return { clock, follower, next, hear: (heard: JobRecord) => hear(heard), ends: () => ends };
}

describe('a follower of a job', () => {
  it('gets its progress at once, and then only the newest', async () => {
    const { clock, next, hear } = following(record(0));
    expect(await next()).toBe(0);
    for (const revision of [1, 2, 3]) hear(record(revision));
    const told = next();
    await clock.tick(100);
    expect(await told).toBe(3);
  });

  it('is told of the end without delay, and no more afterwards', async () => {
    const { clock, next, hear, ends } = following(record(0));
    await next();
    hear(record(1));
    hear(record(2, true));
    expect([await next(), await next()]).toEqual([2, 'ended']);
    hear(record(3));
    expect({ ends: ends(), timers: clock.timers }).toEqual({ ends: 1, timers: 0 });
  });

  it('is not taken back by a word that comes late, nor told of other jobs', async () => {
    const { clock, follower, next, hear } = following(record(5));
    expect(await next()).toBe(5);
    hear(record(4));
    hear({ ...record(9), id: 'j2' });
    await clock.tick(1000);
    follower.stream.end();
    expect(await next()).toBe('ended');
  });

  it('hears by looking what was lost on its way', async () => {
    const { clock, next } = following(record(0), () => record(7, true));
    expect(await next()).toBe(0);
    await clock.tick(2000);
    expect([await next(), await next()]).toEqual([7, 'ended']);
  });

  it('hears the end of a job that is forgotten', async () => {
    const { clock, next } = following(record(0));
    await next();
    await clock.tick(2000);
    expect(await next()).toBe('ended');
  });

  it('leaves nothing behind', async () => {
    const { clock, follower, hear, ends } = following(record(0));
    hear(record(1));
    await follower.stream.return();
    expect({ ends: ends(), timers: clock.timers }).toEqual({ ends: 1, timers: 0 });
  });

  it('of a job that is finished is told so', async () => {
    const { clock, next, ends } = following(record(3, true));
    expect([await next(), await next()]).toEqual([3, 'ended']);
    expect({ ends: ends(), timers: clock.timers }).toEqual({ ends: 1, timers: 0 });
  });
});
