import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { startApi, type TestApi } from '../support/in-process-api.ts';
import { subscribe } from '../support/server-sent-events.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  api = await startApi(environmentFor(cluster));
});
afterAll(async () => {
  await cluster.stop();
});

describe('a subscriber to cluster events', () => {
  it('hears when servers are killed, when all is lost, and when they are back; and the end when the API stops', async () => {
    const { told, ended } = await subscribe(
      api.url,
      'subscription { clusterEvents { name node facts { name value } } }',
    );
    const heard = (name: string, node: string | null) =>
      vi.waitFor(() => expect(told.map((event) => `${event.name} ${event.node}`)).toContain(`${name} ${node}`), {
        timeout: 60_000,
        interval: 50,
      });
    await cluster.kill('replica-1');
    await heard('NODE_DOWN', 'replica-1');
    await heard('READS_MOVED_TO_FALLBACK', null);
    expect(told.find(({ name }) => name === 'READS_MOVED_TO_FALLBACK').facts).toEqual([
      { name: 'from', value: 'replica-1' },
      { name: 'to', value: 'source' },
    ]);
    await cluster.kill('source');
    await heard('NODE_DOWN', 'source');
    await heard('LIMITED_FUNCTIONALITY_ENTERED', null);
    await heard('SOURCE_LOST', 'source');
    await cluster.cluster.startNode('source');
    await heard('LIMITED_FUNCTIONALITY_LEFT', null);
    await heard('SOURCE_RESTORED', 'source');
    await cluster.cluster.startNode('replica-1');
    await heard('NODE_RESTORED', 'replica-1');
    await heard('READS_MOVED_TO_PREFERRED', null);
    await api.stop();
    await ended;
  });
});
