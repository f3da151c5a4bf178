import { describe, expect, it } from 'vitest';
import type { ClusterEvent, ClusterHappening } from '../../../src/cluster/cluster-event.ts';
import { ClusterEvents, TooManyListenersError } from '../../../src/cluster/cluster-events.ts';
import { createLog } from '../../../src/platform/log.ts';
import { startScriptedCluster } from '../../support/scripted-cluster.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

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

  it('refuse more listeners than they can bear', () => {
    const events = makeEvents();
    const subscribeMany = () => {
      for (let count = 0; count < 2000; count += 1) events.subscribe(() => undefined);
    };
    expect(subscribeMany).toThrow(TooManyListenersError);
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
