import { describe, expect, it } from 'vitest';
import { emptySession } from '../../../src/consistency/session.ts';
import { nodesAt } from '../../../src/database/engine/server-urls.ts';
import { shortenBy } from '../../../src/database/engine/shorten-by.ts';
import { countTokens } from '../../../src/database/engine/token-metrics.ts';
import { warmUp } from '../../../src/database/engine/warm-up.ts';
import { BadServerUrlError } from '../../../src/servers/bad-server-url.ts';
import { parsePosition } from '../../support/positions.ts';
import { RecordedMetrics } from '../../support/recorded-metrics.ts';
import { startScriptedCluster } from '../../support/scripted-cluster.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

describe('servers that are named by URLs', () => {
  it('are a source and its replicas, counted from one', () => {
    const url = (host: string) => `mysql://app:secret@${host}:3307/orders`;
    const common = { port: 3307, priority: 1, weight: 1, user: 'app', password: 'secret', database: 'orders' };
    expect(nodesAt(url('a'), [url('b'), url('c')])).toMatchObject([
      { name: 'source', configuredRole: 'SOURCE', host: 'a', ...common },
      { name: 'replica-1', configuredRole: 'REPLICA', host: 'b', ...common },
      { name: 'replica-2', configuredRole: 'REPLICA', host: 'c', ...common },
    ]);
  });

  it('are named in the error when a URL is none', () => {
    expect(() => nodesAt('mysql://app@a/orders', ['nothing'])).toThrow(BadServerUrlError);
    expect(() => nodesAt('mysql://app@a/orders', ['nothing'])).toThrow(/replica-1/);
  });
});

it.each([
  ['WHOLE', 'whole'],
  ['SHORTENED', 'shortened'],
  ['LEFT_OUT', 'left-out'],
] as const)('a token that is %s is counted as %s, which is declared', (length, label) => {
  const metrics = new RecordedMetrics();
  countTokens(metrics)(length);
  expect(metrics.counted).toEqual([`tidemark_tokens_issued_total ${label} 1`]);
  expect(metrics.declared.get('tidemark_tokens_issued_total')?.position).toContain(label);
});

describe('a position is shortened', () => {
  const own = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
  const old = '5c9e1b0a-0000-11ef-8000-0242ac120002';
  const whole = parsePosition('mysql', `${own}:1-9,${old}:1-900`);
  const session = { ...emptySession('orders', 2), position: whole };
  const present = [{ epoch: 2, sourceId: own, endOfPrevious: null }];

  it.each([
    ['in the present epoch', session, parsePosition('mysql', `${own}:9`).format()],
    ['not in an older one', { ...session, epoch: 1 }, undefined],
    ['not where there is none', { ...session, position: null }, undefined],
  ])('%s', async (_, given, expected) => {
    const { cluster, clock, probe } = await startScriptedCluster();
    for (const name of ['source', 'replica-1', 'replica-2']) {
      probe(name).position = whole;
      probe(name).report = { identity: name, id: name === 'source' ? own : name };
    }
    await clock.tick(1000);
    expect(shortenBy({ cluster, epochs: present })(given)?.format()).toBe(expected);
    await cluster.stop();
  });
});

describe('clients are warmed up', () => {
  it.each<[what: string, connect: () => Promise<void>, ms: number]>([
    ['until each is connected', async () => undefined, 0],
    ['until each has failed', () => Promise.reject(new Error('refused')), 0],
    ['for three seconds at most', () => new Promise(() => undefined), 3000],
  ])('%s', async (_, connect, ms) => {
    const clock = new TickingClock();
    let asked = 0;
    let isDone = false;
    const counting = () => {
      asked += 1;
      return connect();
    };
    void warmUp([{ $connect: async () => undefined }, { $connect: counting }, { $connect: counting }], clock).then(
      () => {
        isDone = true;
      },
    );
    if (ms > 0) {
      await clock.tick(ms - 1);
      expect(isDone).toBe(false);
    }
    await clock.tick(1);
    expect([asked, isDone]).toEqual([2, true]);
  });
});
