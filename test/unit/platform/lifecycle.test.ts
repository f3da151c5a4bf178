import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { Lifecycle, type Part } from '../../../src/platform/lifecycle.ts';
import { createLog } from '../../../src/platform/log.ts';

const log = createLog({ level: 'silent', format: 'json' });

function setUp() {
  const events: string[] = [];
  const part = (name: string, more: Partial<Part> = {}): Part => ({
    name,
    start: () => void events.push(`start ${name}`),
    stop: () => void events.push(`stop ${name}`),
    ...more,
  });
  return { events, part, lifecycle: new Lifecycle(systemClock, log) };
}

describe('a lifecycle', () => {
  it('stops in the reverse order of starting', async () => {
    const { events, part, lifecycle } = setUp();
    for (const name of ['database', 'app', 'server']) await lifecycle.start(part(name));
    await lifecycle.stop();
    expect(events).toEqual(['start database', 'start app', 'start server', 'stop server', 'stop app', 'stop database']);
  });

  it('stops what runs when a later part does not start', async () => {
    const { events, part, lifecycle } = setUp();
    await lifecycle.start(part('database'));
    const failing = lifecycle.start(part('app', { start: () => Promise.reject(new Error('no')) }));
    await expect(failing).rejects.toThrow('no');
    expect(events).toEqual(['start database', 'stop app', 'stop database']);
  });

  it('stops the others when one fails or hangs, and says so at the end', async () => {
    const { events, part, lifecycle } = setUp();
    await lifecycle.start(part('database'));
    await lifecycle.start(part('hung', { stop: () => new Promise(() => {}), stopWithinMs: 10 }));
    await lifecycle.start(part('broken', { stop: () => Promise.reject(new Error('broken')) }));
    const error = await lifecycle.stop().catch((cause: unknown) => cause);
    expect((error as AggregateError).errors.map(String)).toEqual([
      'Error: broken',
      'Error: hung did not stop within 10 ms',
    ]);
    expect(events.at(-1)).toBe('stop database');
  });

  it('stops once, however often it is asked', async () => {
    const { events, part, lifecycle } = setUp();
    await lifecycle.start(part('app'));
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(events).toEqual(['start app', 'stop app']);
  });

  it('starts nothing more once it is stopping', async () => {
    const { part, lifecycle } = setUp();
    await lifecycle.stop();
    await expect(lifecycle.start(part('late'))).rejects.toThrow('late is not started');
  });
});
