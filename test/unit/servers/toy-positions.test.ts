/** A kind of server that no file of the program knows goes through everything that carries or compares positions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAnswer, writeAnswer } from '../../../src/cache/cached-answer.ts';
import { lackingSinceMs, readMarks, withRoom, writeMark } from '../../../src/cache/invalidation-marks.ts';
import { Cluster } from '../../../src/cluster/cluster.ts';
import { clusterHealth } from '../../../src/cluster/cluster-health.ts';
import { judgeEpoch, survivorsOf } from '../../../src/consistency/epoch.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { PositionCodec } from '../../../src/consistency/position-codec.ts';
import { advanceSession, emptySession } from '../../../src/consistency/session.ts';
import { requirementFor } from '../../../src/consistency/session-guarantee.ts';
import { TokenCodec } from '../../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { createLog } from '../../../src/platform/log.ts';
import { Router } from '../../../src/routing/router.ts';
import { mariadbPositions } from '../../../src/servers/mariadb/positions.ts';
import { mysqlPositions } from '../../../src/servers/mysql/positions.ts';
import { makeNode, ScriptedProbe } from '../../support/scripted-probe.ts';
import { outcome } from '../../support/scripted-router.ts';
import { TickingClock } from '../../support/ticking-clock.ts';
import { toyPositions, toyTerms } from '../../support/toy/toy-positions.ts';

const positions = new PositionCodec([mariadbPositions, mysqlPositions, toyPositions]);
const at = (text: string): Position => toyPositions.parse(text);

describe('a codec', () => {
  it('does not take two kinds that it could not tell apart, nor the byte of no position', () => {
    for (const second of [
      { ...toyPositions, flavour: 'other' },
      { ...toyPositions, tokenByte: 201 },
      { ...toyPositions, flavour: 'other', tokenByte: 0 },
      { ...toyPositions, flavour: 'two words', tokenByte: 201 },
    ]) {
      expect(() => new PositionCodec([toyPositions, second])).toThrow(RangeError);
    }
  });
});

describe('a position of another kind of server', () => {
  const nowMs = 1_760_000_000_000;

  it('travels in a token, which a process without that kind refuses', () => {
    const keyring = new TokenKeyring([{ id: 'a', secret: 'a secret of at least thirty-two characters' }]);
    const codec = (kinds: PositionCodec) =>
      new TokenCodec({ keyring, positions: kinds, clusterId: 'orders', flavour: () => 'toy' });
    const token = codec(positions).encode(advanceSession(emptySession('orders', 1), at('2/105'), nowMs));
    expect(codec(positions).decode(token, nowMs)[0]?.position?.format()).toBe('2/105');
    expect(() => codec(new PositionCodec([mariadbPositions, mysqlPositions])).decode(token, nowMs)).toThrow(
      expect.objectContaining({ reason: 'malformed' }),
    );
  });

  it('stands in marks and answers of the cache', () => {
    const marks = withRoom([
      { position: at('1/10'), atMs: 1 },
      { position: at('1/20'), atMs: 2 },
    ]);
    const text = ['v', ...marks.map((mark) => writeMark(mark, positions))].join('\n');
    const read = readMarks(text, positions);
    expect(lackingSinceMs(read, at('1/10'))).toBe(2);
    expect(lackingSinceMs(read, at('1/20'))).toBeNull();
    expect(readMarks(text, new PositionCodec([mariadbPositions]))).toEqual({ version: 'v', marks: [] });
    const answer = { epoch: 1, node: 'a', role: 'REPLICA', readAtMs: 5, values: {} };
    const kept = writeAnswer({ ...answer, includes: at('1/10'), seen: at('1/20') });
    expect(readAnswer(kept, positions)?.seen.format()).toBe('1/20');
    expect(readAnswer(kept, new PositionCodec([mariadbPositions]))).toBeNull();
  });

  it('is lost or survives by the record of promotions', () => {
    const history = [
      { epoch: 1, sourceId: '1@a', endOfPrevious: null },
      { epoch: 2, sourceId: '2@b', endOfPrevious: at('1/100') },
    ];
    expect(judgeEpoch({ epoch: 1, position: at('1/90') }, history)).toBe('survived');
    expect(judgeEpoch({ epoch: 1, position: at('1/110') }, history)).toBe('lost');
    // Written by the newcomer before its promotion was heard of.
    expect(judgeEpoch({ epoch: 1, position: at('2/110') }, history)).toBe('survived');
    expect(survivorsOf({ epoch: 1, position: at('1/110') }, history)?.format()).toBe('1/100');
  });
});

describe('a cluster of such servers', () => {
  const clock = new TickingClock();
  const probes = new Map<string, ToyProbe>();
  let cluster: Cluster;
  let router: Router;

  class ToyProbe extends ScriptedProbe {
    override position = at('1/1');

    override async readHistory() {
      const { identity = '', readOnly = false } = this.report;
      const logged = toyPositions.historyOf({ position: this.position });
      return { identity, readOnly, logged, settled: logged, received: null, receives: false };
    }
  }

  beforeAll(async () => {
    const health = { failureThreshold: 2, recoveryThreshold: 2, maxLagMs: 30_000, minServingReplicas: 0 };
    cluster = new Cluster({
      nodes: ['source', 'replica-1', 'replica-2'].map((node) => makeNode(node)),
      positions,
      clock,
      random: () => 0.5,
      log: createLog({ level: 'silent', format: 'json' }),
      health,
      monitor: { intervalMs: 1000, downIntervalMs: 250, timeoutMs: 400 },
      tracker: { sliceMs: 25, maxWaiters: 1000 },
      probes: (node, listener) => {
        const probe = new ToyProbe(clock, node.configuredRole === 'REPLICA' ? 'REPLICA' : 'SOURCE');
        probe.listener = listener;
        probe.report = { identity: `1@${node.name}`, terms: toyTerms };
        probes.set(node.name, probe);
        return probe;
      },
    });
    await cluster.start();
    router = new Router({ cluster, clock, random: () => 0.5, sourceReadsLimit: 8, health });
  });

  afterAll(() => cluster.stop());

  it('sends a read to a replica that includes its position, and to no other', async () => {
    probes.get('source')?.apply(at('1/9'));
    probes.get('replica-2')?.apply(at('1/9'));
    await clock.tick(1000);
    const asked = { level: 'SESSION', maxStalenessMs: null, whenBehind: 'BYPASS', waitMs: 0 } as const;
    const required = (text: string) => requirementFor(asked, { position: at(text), requiresSource: false });
    const read = (text: string) => router.routeRead({ ...required(text), excluded: new Set() });
    expect(await outcome(read('1/9'))).toBe('replica-2 replica-caught-up');
    expect(await outcome(read('1/10'))).toBe('source source-bypass');
  });

  it('is judged by its own history, and counts how far behind a replica is', async () => {
    expect(await cluster.judge.judge(at('1/9'))).toBe('INCLUDED');
    expect(await cluster.judge.judge(at('1/10'))).toBe('LACKING');
    const { nodes } = clusterHealth(cluster.snapshot(), clock.monotonic());
    expect(nodes.map(({ name, position, lagTransactions }) => [name, position, lagTransactions])).toEqual([
      ['source', '1/9', null],
      ['replica-1', '1/1', 8],
      ['replica-2', '1/9', 0],
    ]);
  });

  it('is spoken of in its own terms', async () => {
    const follows = { byNumber: false, variable: 'asks_for', value: 'file' };
    const channels = [{ name: '', sourceId: '1', follows, filters: {} }];
    const replica = probes.get('replica-1');
    if (replica !== undefined)
      replica.report = { ...replica.report, settings: { schema: '', variables: {}, channels } };
    await clock.tick(1000);
    const { problems } = clusterHealth(cluster.snapshot(), clock.monotonic());
    expect(problems.map(({ code, variable, cure }) => [code, variable, cure])).toContainEqual([
      'FOLLOWS_BY_FILE',
      'asks_for',
      'follow the log',
    ]);
  });
});
