import { SqlError } from 'mariadb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/cluster/cluster-snapshot.ts';
import { clusterAnswers } from '../../../src/database/engine/cluster-answers.ts';
import { parsePosition } from '../../support/positions.ts';
import { type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';
import { at } from '../../support/scripted-probe.ts';

let scripted: ScriptedCluster;
let answers: ReturnType<typeof clusterAnswers>;
beforeEach(async () => {
  scripted = await startScriptedCluster();
  answers = clusterAnswers(scripted.cluster, scripted.clock);
});
afterEach(() => scripted.cluster.stop());

describe('what sessions are told of a server', () => {
  const tell = (node: string) => {
    const { isBlind, isDown, logsAhead, canServe } = answers;
    return Object.entries({ isBlind, isDown, logsAhead, canServe }).flatMap(([what, is]) => (is(node) ? [what] : []));
  };

  it.each<[what: string, happens: (cluster: ScriptedCluster) => void, node: string, told: readonly string[]]>([
    ['is well', () => undefined, 'replica-1', ['canServe']],
    ['is unknown', () => undefined, 'replica-9', []],
    ['is down', ({ probe }) => probe('replica-1').crash(), 'replica-1', ['isDown']],
    [
      'shows commits once they are acknowledged',
      ({ probe }) => Object.assign(probe('source').report, { awaitsAcknowledgement: true }),
      'source',
      ['logsAhead', 'canServe'],
    ],
    [
      'lacks a table',
      ({ probe }) =>
        Object.assign(probe('replica-1').report, {
          unable: [{ kind: 'TABLE_MISSING', table: 'orders', code: null, cure: null }],
        }),
      'replica-1',
      [],
    ],
    [
      'has a filter, so that its position says nothing',
      ({ probe }) =>
        Object.assign(probe('replica-1').report, {
          settings: {
            schema: 'orders',
            variables: { server_id: '2' },
            channels: [
              {
                name: '',
                sourceId: '1',
                follows: { byNumber: true, variable: 'Using_Gtid', value: 'Slave_Pos' },
                filters: { Replicate_Ignore_DB: 'orders' },
              },
            ],
          },
        }),
      'replica-1',
      ['isBlind', 'canServe'],
    ],
  ])('that %s', async (_, happens, node, told) => {
    happens(scripted);
    await scripted.clock.tick(2500);
    expect(tell(node)).toEqual(told);
  });

  it('that a read doubts is found out at once', async () => {
    const { probes } = scripted.probe('replica-1');
    answers.refused('replica-1', null);
    await scripted.clock.tick(0);
    expect(scripted.probe('replica-1').probes).toBe(probes + 1);
  });

  it('after a lost connection is told when the next look has found out', async () => {
    const { cluster, clock, probe } = scripted;
    expect(await answers.isThere('replica-1')).toBe(true);
    let release: () => void = () => undefined;
    probe('replica-1').held = new Promise((resolve) => {
      release = resolve;
    });
    cluster.connectionLost('replica-1', 'lost the connection');
    let isThere: boolean | null = null;
    const known = answers.isThere('replica-1').then((told) => {
      isThere = told;
    });
    await clock.tick(100);
    expect([isThere, answers.isDown('replica-1')]).toEqual([null, false]);
    probe('replica-1').trouble = new Error('refused the connection');
    release();
    await known;
    expect([isThere, answers.isDown('replica-1')]).toEqual([false, true]);
  });

  it('tells whether it may receive what others commit', () => {
    expect(['source', 'replica-1', 'replica-9'].map((node) => answers.mayReceive(node))).toEqual([false, true, true]);
  });

  it('is learned by the cluster as well', () => {
    answers.learned('replica-1', at(1));
    expect(scripted.cluster.tracker('replica-1').includes(at(1))).toBe(true);
  });
});

describe('what sessions are told of the source', () => {
  it('is sure until a connection is lost, and sure again after a probe', async () => {
    expect(answers.sourceSure()).toBeNull();
    scripted.cluster.connectionLost('source', 'lost the connection');
    const sure = answers.sourceSure();
    expect(sure).not.toBeNull();
    await scripted.clock.tick(0);
    await sure;
    expect(answers.sourceSure()).toBeNull();
  });

  it('is vouched for as of now, or of when it was last confirmed', async () => {
    const { clock, probe } = scripted;
    expect(answers.vouchedAtMs()).toBe(clock.now());
    await clock.tick(500);
    const confirmedMs = clock.now() - 500 + (statusOf(scripted.cluster.snapshot(), 'source')?.asOfMs ?? Number.NaN);
    probe('source').crash();
    await clock.tick(100);
    expect(answers.vouchedAtMs()).toBe(confirmedMs);
  });

  it('has another turn when another history begins', async () => {
    const turn = answers.historyTurn();
    await scripted.allAt(9);
    expect(answers.historyTurn()).toBe(turn);
    scripted.probe('source').position = at(3);
    await scripted.clock.tick(1000);
    expect(answers.historyTurn()).not.toBe(turn);
  });
});

describe('a position', () => {
  const strange = parsePosition('mariadb', '1-7-1');

  it('of a known writer is believed without waiting', async () => {
    expect(answers.believes(at(9))).toBe(true);
    await answers.untilBelieved(at(9));
    expect(scripted.clock.timers).toBe(3);
  });

  it('of another writer is waited for until a probe vouches for that one', async () => {
    const { clock, probe } = scripted;
    probe('source').position = at(2).merge(strange);
    let waits = true;
    const believed = answers.untilBelieved(strange).then(() => {
      waits = false;
    });
    expect(waits).toBe(true);
    await clock.tick(20);
    await believed;
    expect(answers.believes(strange)).toBe(true);
  });

  it('of a writer that is not vouched for is waited for two seconds', async () => {
    const { clock } = scripted;
    let waits = true;
    void answers.untilBelieved(strange).then(() => {
      waits = false;
    });
    await clock.tick(1990);
    expect(waits).toBe(true);
    await clock.tick(10);
    expect(waits).toBe(false);
    expect(answers.believes(strange)).toBe(false);
  });
});

describe('a read that a server has refused', () => {
  const error = (errno: number) => Object.assign(new SqlError('no'), { errno, code: `ER_${errno}` });
  const limit = error(1461);
  const right = error(1142);
  const state = () => statusOf(scripted.cluster.snapshot(), 'replica-1')?.state;
  const refusedBy = (fault: SqlError, trial: () => Promise<unknown> = () => Promise.reject(fault)) =>
    answers.refused('replica-1', { error: fault, again: trial });

  it.each<[what: string, refuse: () => void, state: string]>([
    ['for a reason of its own counts at once', () => void refusedBy(limit), 'DEGRADED'],
    ['for what may be the statement does not', () => void refusedBy(right), 'HEALTHY'],
    ['for what may be the statement counts once another has answered', () => refusedBy(right)(), 'DEGRADED'],
    ['for a reason of its own counts once, whichever server answers', () => refusedBy(limit)(), 'DEGRADED'],
    ['for the statement never counts', () => refusedBy(error(1064))(), 'HEALTHY'],
    ['and that is not known does not count', () => answers.refused('replica-1', null)(), 'HEALTHY'],
  ])('%s', (_, refuse, expected) => {
    for (let read = 0; read < 3; read += 1) refuse();
    expect(state()).toBe(expected);
  });

  it('counts once although it is told twice', () => {
    for (let read = 0; read < 2; read += 1) refusedBy(limit)();
    expect(state()).toBe('HEALTHY');
  });

  it.each<[what: string, trial: () => Promise<unknown>, state: string]>([
    ['is answered', async () => [], 'HEALTHY'],
    ['is refused again', () => Promise.reject(limit), 'DEGRADED'],
    ['has become wrong by itself', () => Promise.reject(error(1064)), 'HEALTHY'],
    ['names a value that is refused', () => Promise.reject(error(1264)), 'HEALTHY'],
    [
      'loses its connection',
      () => Promise.reject(Object.assign(new Error('lost'), { code: 'ECONNRESET' })),
      'DEGRADED',
    ],
  ])('is tried again, and the server serves or not, when it %s', async (_, trial, expected) => {
    for (let read = 0; read < 3; read += 1) refusedBy(limit, trial);
    await scripted.clock.tick(3000);
    expect(state()).toBe(expected);
  });
});
