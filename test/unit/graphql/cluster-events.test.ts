import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterEvents } from '../../../src/cluster/cluster-events.ts';
import { ClusterEventFeed } from '../../../src/graphql/cluster/cluster-event-feed.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLog } from '../../../src/platform/log.ts';
import { type Subscription, subscribe } from '../../support/server-sent-events.ts';
import { startTinyServer } from '../http/tiny-server.ts';

const down = { name: 'NODE_DOWN', node: 'replica-1', facts: { role: 'REPLICA', trouble: null } } as const;
const moved = { name: 'READS_MOVED_TO_FALLBACK', node: null, facts: { from: ['a', 'b'], to: [] } } as const;
const generous = { timeout: 20_000 };

let events: ClusterEvents;
let feed: ClusterEventFeed;
let tiny: Awaited<ReturnType<typeof startTinyServer>>;
const open: Subscription[] = [];

beforeEach(async () => {
  events = new ClusterEvents({ clock: systemClock, log: createLog({ level: 'silent', format: 'json' }) });
  feed = new ClusterEventFeed(events);
  tiny = await startTinyServer({ schema, clusterEvents: feed });
});
afterEach(async () => {
  for (const subscription of open.splice(0)) subscription.leave();
  feed.close();
  await tiny.server.stop();
});

async function listen(query: string): Promise<Subscription> {
  const subscription = await subscribe(tiny.url, query);
  open.push(subscription);
  return subscription;
}

describe('a subscription to cluster events', () => {
  it('is told what happens, without any server being asked', async () => {
    const { told } = await listen(
      'subscription { clusterEvents { name node description facts { name value } missed } }',
    );
    events.publish(down);
    events.publish(moved);
    await vi.waitFor(() => expect(told).toHaveLength(2), generous);
    expect(told).toEqual([
      {
        name: 'NODE_DOWN',
        node: 'replica-1',
        description: 'A server does not answer and is taken out of service.',
        facts: [{ name: 'role', value: 'REPLICA' }],
        missed: 0,
      },
      {
        name: 'READS_MOVED_TO_FALLBACK',
        node: null,
        description: 'Reads are served by fallback servers, because the preferred ones cannot serve.',
        facts: [
          { name: 'from', value: 'a, b' },
          { name: 'to', value: '' },
        ],
        missed: 0,
      },
    ]);
  });

  it('is told of the names only that it asked for', async () => {
    const { told } = await listen(
      'subscription { clusterEvents(names: [NODE_RESTORED, READS_MOVED_TO_FALLBACK]) { name at } }',
    );
    events.publish(down);
    events.publish(moved);
    await vi.waitFor(() => expect(told).toHaveLength(1), generous);
    expect(told[0]).toMatchObject({ name: 'READS_MOVED_TO_FALLBACK', at: expect.stringMatching(/Z$/) });
  });

  it('ends with its client', async () => {
    const { leave } = await listen('subscription { clusterEvents { name } }');
    // The feed itself listens too, for those who come later.
    expect(events.listeners).toBe(2);
    leave();
    await vi.waitFor(() => expect(events.listeners).toBe(1), generous);
  });

  it('ends when the server stops, and holds it up no longer than a request', async () => {
    const { ended } = await listen('subscription { clusterEvents { name } }');
    feed.close();
    await ended;
    expect(events.listeners).toBe(0);
    const { told, ended: endedToo } = await listen('subscription { clusterEvents { name } }');
    await endedToo;
    expect(told).toEqual([]);
  });

  it('is refused with a code when there are too many', async () => {
    for (let count = 0; count < 999; count += 1) events.subscribe(() => undefined);
    const response = await fetch(tiny.url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'subscription { clusterEvents { name } }' }),
    });
    expect(await response.text()).toContain('OVERLOADED');
  });
});

describe('the log of cluster events', () => {
  const ask = async (query: string) => (await (await tiny.post({ query })).json()).data.clusterEventLog;

  it('tells those who come later, newest first', async () => {
    expect(await ask('{ clusterEventLog { name } }')).toEqual([]);
    events.publish(down);
    events.publish(moved);
    expect(await ask('{ clusterEventLog { name severity node missed } }')).toEqual([
      { name: 'READS_MOVED_TO_FALLBACK', severity: 'WARN', node: null, missed: 0 },
      { name: 'NODE_DOWN', severity: 'WARN', node: 'replica-1', missed: 0 },
    ]);
    expect(await ask('{ clusterEventLog(last: 1) { name } }')).toEqual([{ name: 'READS_MOVED_TO_FALLBACK' }]);
    expect(await ask('{ clusterEventLog(last: 0) { name } }')).toEqual([]);
  });

  it('forgets the oldest', async () => {
    for (let count = 0; count < 250; count += 1) events.publish(down);
    expect(await ask('{ clusterEventLog(last: 1000) { name } }')).toHaveLength(200);
  });
});
