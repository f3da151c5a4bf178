import { describe, expect, it } from 'vitest';
import type { ClusterEvent, ClusterHappening } from '../../../src/cluster/cluster-event.ts';
import { ClusterEvents, TooManyListenersError } from '../../../src/cluster/cluster-events.ts';
import { createLog } from '../../../src/platform/log.ts';
import { startScriptedCluster } from '../../support/scripted-cluster.ts';
import { TickingClock } from '../../support/ticking-clock.ts';
import { makeMemoryLog } from '../http/tiny-server.ts';

const down: ClusterHappening = { name: 'NODE_DOWN', node: 'replica-1', facts: { trouble: 'does not answer' } };
const restored: ClusterHappening = { name: 'NODE_RESTORED', node: 'replica-1', facts: {} };

function makeEvents(): ClusterEvents {
  return new ClusterEvents({ clock: new TickingClock(5000), log: createLog({ level: 'silent', format: 'json' }) });
}

describe('cluster events', () => {
  it('reach every listener with their time, also after one that breaks', () => {
    const events = makeEvents();
    const heard: ClusterEvent[] = [];
    events.subscribe(() => {
      throw new Error('a listener broke');
    });
    events.subscribe((event) => heard.push(event));
    events.publish(down);
    expect(heard).toEqual([{ ...down, atMs: 5000 }]);
  });

  it('stop with the subscription', () => {
    const events = makeEvents();
    const heard: ClusterEvent[] = [];
    const listener = (event: ClusterEvent) => void heard.push(event);
    const [endFirst, endSecond] = [events.subscribe(listener), events.subscribe(listener)];
    endFirst();
    events.publish(down);
    expect(heard).toHaveLength(1);
    endSecond();
    events.publish(down);
    expect(heard).toHaveLength(1);
    expect(events.listeners).toBe(0);
  });

  it('come in one order to all, also when a listener answers one with another', () => {
    const events = makeEvents();
    const heard: string[] = [];
    events.subscribe(({ name }) => {
      if (name === 'NODE_DOWN') events.publish(restored);
    });
    events.subscribe(({ name }) => heard.push(name));
    events.publish(down);
    expect(heard).toEqual(['NODE_DOWN', 'NODE_RESTORED']);
  });

  it('end when a listener answers each with another', () => {
    const events = makeEvents();
    let heard = 0;
    events.subscribe(() => {
      heard += 1;
      events.publish(down);
      events.publish(restored);
    });
    events.publish(down);
    expect(heard).toBeLessThan(1000);
    events.publish(down);
    expect(heard).toBeLessThan(2000);
  });

  it.each([
    [256, 0],
    [257, 1],
  ])('of which %d come in one go are heard up to a limit, and an endless loop is logged %d times', (count, logged) => {
    const { log, lines } = makeMemoryLog();
    const events = new ClusterEvents({ clock: new TickingClock(), log });
    let heard = 0;
    events.subscribe(() => {
      heard += 1;
      if (heard === 1) for (let more = 1; more < count; more += 1) events.publish(down);
    });
    events.publish(down);
    expect(heard).toBe(Math.min(count, 256));
    const errors = lines.filter(({ level }) => level === 'error');
    expect(errors).toMatchObject(Array.from({ length: logged }, () => ({ told: count })));
  });

  it('are logged with their node, if there is one, and with their facts', () => {
    const { log, lines } = makeMemoryLog();
    const events = new ClusterEvents({ clock: new TickingClock(), log });
    events.publish(down);
    events.publish({ ...down, node: null });
    const known = { level: 'warn', msg: expect.any(String), event: 'NODE_DOWN', trouble: 'does not answer' };
    expect(lines).toEqual([{ ...known, node: 'replica-1' }, known]);
  });

  it('are logged when a listener breaks on one, with its error', () => {
    const { log, lines } = makeMemoryLog();
    const events = new ClusterEvents({ clock: new TickingClock(), log });
    const err = new Error('a listener broke');
    events.subscribe(() => {
      throw err;
    });
    events.publish(down);
    expect(lines.at(-1)).toMatchObject({ level: 'error', err, event: 'NODE_DOWN' });
  });

  it('refuse more listeners than they can bear', () => {
    const events = makeEvents();
    const subscribeMany = () => {
      for (let count = 0; count < 2000; count += 1) events.subscribe(() => undefined);
    };
    expect(subscribeMany).toThrow(TooManyListenersError);
    expect(events.listeners).toBe(1000);
    expect(new TooManyListenersError(1000)).toMatchObject({ code: 'OVERLOADED', retryable: true });
  });

  it('tell what happens to a watched cluster', async () => {
    const { cluster, clock, probe } = await startScriptedCluster();
    const heard: string[] = [];
    cluster.events.subscribe(({ name, node }) => heard.push(node === null ? name : `${name} ${node}`));
    probe('source').crash();
    await clock.tick(1000);
    probe('replica-1').report = { identity: 'replica-1', readOnly: false, applier: 'NONE' };
    await clock.tick(2000);
    expect(heard).toEqual(['NODE_DOWN source', 'SOURCE_LOST source', 'SOURCE_CHANGED replica-1']);
    await cluster.stop();
  });
});
