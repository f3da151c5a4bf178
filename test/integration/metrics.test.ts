import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRoles } from '../../src/cluster/node.ts';
import { nodeStates } from '../../src/cluster/node-status.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { routeReasons } from '../../src/routing/route-decision.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let api: TestApi;
beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1, backup: true });
  await migrateOrders(cluster);
  api = await startApi(environmentFor(cluster));
});
afterAll(async () => {
  await api.stop();
  await cluster.stop();
});

type Series = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };
type Scrape = { readonly text: string; readonly series: readonly Series[] };

async function scrape(): Promise<Scrape> {
  const text = await (await fetch(new URL('/metrics', api.url))).text();
  const series = [...text.matchAll(/^(tidemark_\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text])),
      value: Number(value),
    }),
  );
  return { text, series };
}

/** The sum of all series that have these labels; `null` when there is none. */
function sumOf({ series }: Scrape, name: string, labels: Readonly<Record<string, string>> = {}): number | null {
  const wanted = Object.entries(labels);
  const fitting = series.filter((one) => one.name === name && wanted.every(([key, text]) => one.labels[key] === text));
  return fitting.length === 0 ? null : fitting.reduce((sum, { value }) => sum + value, 0);
}

async function untilScraped(wanted: (scraped: Scrape) => boolean): Promise<Scrape> {
  const deadlineMs = systemClock.monotonic() + 30_000;
  for (;;) {
    const scraped = await scrape();
    if (wanted(scraped)) return scraped;
    if (systemClock.monotonic() > deadlineMs) throw new Error(`still\n${scraped.text}`);
    await systemClock.sleep(50);
  }
}

const count = '{ orders(first: 1) { totalCount } }';

describe('metrics', () => {
  it('count what was asked and where it was sent', async () => {
    const before = await scrape();
    let token = '';
    for (let round = 0; round < 5; round += 1) ({ token } = await createOrder(api));
    for (let round = 0; round < 7; round += 1) await ask(api, count, { headers: withToken(token) });
    for (let round = 0; round < 3; round += 1) await ask(api, count, { headers: { 'x-consistency-level': 'strong' } });
    await ask(api, '{ __typename }');
    await ask(api, count, { headers: { 'x-consistency-token': 'forged' } });
    await ask(api, '{ nobody }');
    const after = await scrape();
    const grown = (name: string, labels: Readonly<Record<string, string>>) =>
      (sumOf(after, name, labels) ?? 0) - (sumOf(before, name, labels) ?? 0);

    const decided = (labels: Readonly<Record<string, string>>) => grown('tidemark_route_decisions_total', labels);
    expect(decided({ reason: 'write-operation', role: 'SOURCE' })).toBe(5);
    expect(decided({ reason: 'strong-read', role: 'SOURCE' })).toBe(3);
    // Whether a replica had got there at once is the servers' business; each read was decided once.
    expect(decided({})).toBe(15);
    expect(grown('tidemark_requests_total', { operation: 'mutation', outcome: 'ok' })).toBe(5);
    expect(grown('tidemark_requests_total', { operation: 'query', outcome: 'ok' })).toBe(11);
    expect(grown('tidemark_requests_total', { outcome: 'refused' })).toBe(2);
    expect(grown('tidemark_request_duration_seconds_count', {})).toBe(18);
    expect(grown('tidemark_tokens_rejected_total', { reason: 'malformed' })).toBe(1);
    expect(grown('tidemark_request_errors_total', { code: 'INVALID_CONSISTENCY_TOKEN' })).toBe(1);
    expect(grown('tidemark_request_errors_total', { code: 'GRAPHQL_VALIDATION_FAILED' })).toBe(1);
  });

  it('tell how each node is', async () => {
    // The orders created above may still be on their way to a busy replica.
    const scraped = await untilScraped(
      (now) =>
        sumOf(now, 'tidemark_node_state', { node: 'backup', state: 'HEALTHY' }) === 1 &&
        sumOf(now, 'tidemark_node_lag_seconds', { node: 'replica-1' }) === 0,
    );
    expect(sumOf(scraped, 'tidemark_node_state', { node: 'source', state: 'HEALTHY' })).toBe(1);
    expect(sumOf(scraped, 'tidemark_node_state', { node: 'source', state: 'DOWN' })).toBe(0);
    expect(sumOf(scraped, 'tidemark_node_role', { node: 'replica-1', role: 'REPLICA' })).toBe(1);
    expect(sumOf(scraped, 'tidemark_node_lag_seconds', { node: 'source' })).toBeNull();
    expect(sumOf(scraped, 'tidemark_node_lag_transactions', { node: 'replica-1' })).toBeGreaterThanOrEqual(0);
    expect(sumOf(scraped, 'tidemark_node_position_age_seconds', { node: 'source' })).toBeGreaterThanOrEqual(0);
    expect(sumOf(scraped, 'tidemark_pool_connections', { node: 'source' })).toBeGreaterThanOrEqual(1);
    expect(sumOf(scraped, 'tidemark_pool_waiting_requests', { node: 'source' })).toBe(0);
    expect(sumOf(scraped, 'tidemark_cluster_epoch')).toBe(1);
    expect(sumOf(scraped, 'tidemark_cluster_ready', { use: 'writes' })).toBe(1);
  });

  it('tell what the backup has not got yet', async () => {
    const scraped = await scrape();
    expect(sumOf(scraped, 'tidemark_outbox_rows', { state: 'waiting' })).toBeGreaterThanOrEqual(0);
    expect(sumOf(scraped, 'tidemark_outbox_rows', { state: 'parked' })).toBe(0);
    expect(sumOf(scraped, 'tidemark_outbox_oldest_age_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('are each explained, end in their unit, and have labels from closed lists', async () => {
    const { text, series } = await scrape();
    const described = [...text.matchAll(/^# HELP (tidemark_\w+) (.*)$/gm)].map(([, name, help]) => ({ name, help }));
    expect(described.length).toBeGreaterThanOrEqual(15);
    const units =
      /_(total|seconds|transactions|connections|requests|rows|state|role|ready|epoch|problems|guarantee|streams|bodies)$/;
    for (const { name, help } of described) {
      expect(name).toMatch(units);
      expect(help, name).toMatch(/^[A-Z].{10,}\.$/);
    }
    for (const [, name, type] of text.matchAll(/^# TYPE (tidemark_\w+) (\w+)$/gm)) {
      if (type === 'counter') expect(name).toMatch(/_total$/);
      else expect(name).not.toMatch(/_total$/);
    }
    const lists: Readonly<Record<string, readonly string[]>> = {
      database: ['orders'],
      node: ['source', 'replica-1', 'backup'],
      role: nodeRoles,
      reason: [...Object.keys(routeReasons), 'malformed'],
      use: ['reads', 'writes'],
      operation: ['query', 'mutation', 'none'],
      outcome: ['ok', 'refused', 'replica', 'source'],
    };
    const ofDatabase = /^tidemark_(route|node|cluster|pool|database|tokens_issued|outbox|mirror|cache)_/;
    for (const { name, labels } of series) {
      expect('database' in labels, name).toBe(ofDatabase.test(name));
      for (const [label, value] of Object.entries(labels)) {
        if (name === 'tidemark_node_state' && label === 'state') expect(nodeStates).toContain(value);
        else if (lists[label] !== undefined) expect(lists[label], `${name} ${label}`).toContain(value);
        expect(value, `${name} ${label}`).not.toBe('other');
      }
    }
    expect(text).not.toContain('127.0.0.1');
  });

  it('have a sister that shows the last operations one by one', async () => {
    const { token } = await createOrder(api);
    const named = 'query Counting { orders(first: 1) { totalCount } }';
    await ask(api, named, { headers: withToken(token) });
    await ask(api, named, { headers: { ...withToken(token), 'x-consistency-level': 'strong' } });
    await ask(api, named, { headers: { 'x-consistency-token': 'forged' } });
    const shown = '{ routingLog(last: 4) { kind name node role reason level required errorCode } }';
    const [refused, strong, session, write] = (await ask(api, shown)).data.routingLog;
    expect(write).toMatchObject({ kind: 'MUTATION', node: 'source', reason: 'write-operation', required: null });
    expect(session).toMatchObject({ kind: 'QUERY', name: 'Counting', level: 'SESSION', errorCode: null });
    expect(session.required).toMatch(/\d$/);
    expect(Object.keys(routeReasons)).toContain(session.reason);
    expect(strong).toMatchObject({ role: 'SOURCE', reason: 'strong-read', level: 'STRONG', required: null });
    expect(refused).toMatchObject({
      name: 'Counting',
      node: null,
      reason: null,
      errorCode: 'INVALID_CONSISTENCY_TOKEN',
    });
  });

  it('leave out what a server that is gone would say, and count what happened', async () => {
    await cluster.kill('replica-1');
    const gone = await untilScraped(
      (now) => sumOf(now, 'tidemark_node_state', { node: 'replica-1', state: 'DOWN' }) === 1,
    );
    expect(sumOf(gone, 'tidemark_node_lag_seconds', { node: 'replica-1' })).toBeNull();
    expect(sumOf(gone, 'tidemark_node_lag_transactions', { node: 'replica-1' })).toBeNull();
    expect(sumOf(gone, 'tidemark_node_role', { node: 'replica-1' })).toBe(0);
    expect(sumOf(gone, 'tidemark_node_breaker_state', { node: 'replica-1', state: 'OPEN' })).toBe(1);
    await untilScraped((now) => sumOf(now, 'tidemark_cluster_events_total', { event: 'NODE_DOWN' }) === 1);
    await Promise.all([cluster.kill('source'), cluster.kill('backup')]);
    await untilScraped((now) => sumOf(now, 'tidemark_cluster_ready', { use: 'reads' }) === 0);
    expect((await ask(api, count)).code).toBe('LIMITED_FUNCTIONALITY');
    const { routingLog } = (await ask(api, '{ routingLog(last: 1) { node errorCode } }')).data;
    expect(routingLog).toEqual([{ node: null, errorCode: 'LIMITED_FUNCTIONALITY' }]);
    const refused = await scrape();
    expect(sumOf(refused, 'tidemark_route_refusals_total', { code: 'LIMITED_FUNCTIONALITY' })).toBe(1);
    expect(sumOf(refused, 'tidemark_cluster_ready', { use: 'writes' })).toBe(0);
    expect(sumOf(refused, 'tidemark_outbox_rows')).toBeNull();
  });
});
