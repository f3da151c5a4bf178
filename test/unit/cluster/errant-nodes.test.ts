import { describe, expect, it } from 'vitest';
import { errantSettleMs, judgeErrant } from '../../../src/cluster/errant-nodes.ts';
import { afterFailedProbe, afterGoodProbe, errantTrouble } from '../../../src/cluster/health.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import { parsePosition } from '../../support/positions.ts';
import { health, startScriptedCluster } from '../../support/scripted-cluster.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

const uuids = ['3e11fa47-71ca-11e1-9e33-c80aa9429562', '5c9e1b0a-0000-11ef-8000-0242ac120002'] as const;
const mysql = (text: string) => parsePosition('mysql', text.replaceAll('A', uuids[0]).replaceAll('B', uuids[1]));

/** Looks at two servers, one after another: each begins when the one before has ended. */
class TwoServers {
  #nowMs = 0;
  #source = unseen(makeNode('source'));
  #replica = unseen(makeNode('replica-1'));
  #probe: readonly string[] = [];

  source(given: Partial<ProbeReport>): this {
    this.#source = this.#seen(this.#source, makeReport('SOURCE', { identity: 'a', ...given }));
    return this.#judge();
  }

  replica(given: Partial<ProbeReport>): this {
    this.#replica = this.#seen(this.#replica, makeReport('REPLICA', { identity: 'b', ...given }));
    return this.#judge();
  }

  replicaAway(): this {
    for (let failure = 0; failure < health.failureThreshold; failure += 1) {
      this.#replica = afterFailedProbe(this.#replica, 'refused the connection', health);
    }
    return this.#judge();
  }

  /** As long as a verdict takes. */
  later(): this {
    this.#nowMs += errantSettleMs;
    return this;
  }

  get now(): { found: readonly string[]; state: NodeStatus['state']; probe: readonly string[] } {
    return { found: this.#replica.errant, state: this.#replica.state, probe: this.#probe };
  }

  #seen(before: NodeStatus, report: ProbeReport): NodeStatus {
    this.#nowMs += 1;
    const after = afterGoodProbe(before, report, this.#nowMs, health);
    this.#nowMs += 1;
    return { ...after, reportedMs: this.#nowMs };
  }

  #judge(): this {
    const { snapshot, probe } = judgeErrant([this.#source, this.#replica]);
    [this.#source, this.#replica] = snapshot as [NodeStatus, NodeStatus];
    this.#probe = probe;
    return this;
  }
}

const source = { position: at(5) };
const ahead = { position: at(5), holds: at(6) };

describe('a replica', () => {
  it('that is ahead of what was last seen of its source is not suspected, but the source is probed', () => {
    const servers = new TwoServers().source(source).replica({ position: at(9) });
    expect(servers.now.probe).toEqual(['source']);
    servers.source({ position: at(9) });
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY', probe: [] });
  });

  it('that is ahead of a later probe of its source is errant when it still is after a while', () => {
    const servers = new TwoServers().source(source).replica(ahead).source(source);
    for (let probe = 0; probe < 9; probe += 1) servers.replica(ahead).source(source);
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
    servers.later().replica(ahead).source(source);
    expect(servers.now).toMatchObject({ found: ['0-1-6'], state: 'DEGRADED' });
  });

  it('that is ahead at each probe, but not by the same transactions, is sound', () => {
    const servers = new TwoServers().source(source);
    for (let sequence = 6; sequence < 20; sequence += 1) {
      servers
        .later()
        .replica({ position: at(sequence) })
        .source({ position: at(sequence - 1) });
    }
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it('that has applied what its source is about to commit is sound', () => {
    const servers = new TwoServers();
    const committing = { position: mysql('A:1-5'), holds: mysql('A:1-6') };
    for (let probe = 0; probe < 4; probe += 1)
      servers
        .later()
        .replica({ position: mysql('A:1-6') })
        .source(committing);
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it('is not condemned by one probe, however often the source is probed', () => {
    const servers = new TwoServers()
      .source(source)
      .replica(ahead)
      .source(source)
      .later()
      .source(source)
      .later()
      .source(source);
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it('that shows nothing of it the second time is sound', () => {
    const servers = new TwoServers()
      .source(source)
      .replica(ahead)
      .source(source)
      .source({ position: at(6) });
    servers.replica(ahead).source({ position: at(6) });
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it('stays errant on MariaDB when the source reaches that number itself', () => {
    const servers = new TwoServers().source(source).replica(ahead).source(source).later().replica(ahead).source(source);
    servers.source({ position: at(9) }).replica({ position: at(9), holds: at(9) });
    expect(servers.now).toMatchObject({ found: ['0-1-6'], state: 'DEGRADED' });
  });

  it('stays so when it was away meanwhile', () => {
    const logged = { '3': at(6) };
    const stray = { ...ahead, logged };
    const servers = new TwoServers().source(source).replica(stray).source(source).later().replica(stray).source(source);
    servers.replicaAway();
    for (let probe = 0; probe < 4; probe += 1) servers.source({ position: at(9) }).replica({ position: at(9), logged });
    expect(servers.now).toMatchObject({ found: ['0-1-6'], state: 'DEGRADED' });
    for (let probe = 0; probe < 4; probe += 1) servers.replica({ position: at(9), logged: {} });
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it.each([
    ['has gone back', (servers: TwoServers) => servers.replica({ position: at(2) })],
    ['is another server now', (servers: TwoServers) => servers.replica({ position: at(5), identity: 'c' })],
  ])('is sound again when it %s and is found without', (_, change) => {
    const servers = new TwoServers().source(source).replica(ahead).source(source).later().replica(ahead).source(source);
    change(servers);
    for (let probe = 0; probe < 4; probe += 1) servers.source({ position: at(9) }).replica({ position: at(9) });
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it('is sound again on MySQL when the source has executed the same transaction', () => {
    const stray = { position: mysql('A:1-5,B:1') };
    const servers = new TwoServers().source({ position: mysql('A:1-5') });
    servers
      .replica(stray)
      .source({ position: mysql('A:1-5') })
      .later();
    servers.replica(stray).source({ position: mysql('A:1-5') });
    expect(servers.now.found).toEqual([`${uuids[1]}:1`]);
    servers
      .source({ position: mysql('A:1-7,B:1') })
      .replica(stray)
      .replica(stray)
      .replica(stray);
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY' });
  });

  it('of an older epoch is judged by where that epoch ended, although its number exists again', () => {
    const first = { epoch: 1, sourceId: '', endOfPrevious: null };
    const epochs = [first, { epoch: 2, sourceId: 'a', endOfPrevious: at(5) }];
    const servers = new TwoServers();
    for (let probe = 0; probe < 2; probe += 1) {
      servers
        .later()
        .replica({ position: at(6), epochs: [first] })
        .source({ position: at(90), epochs });
    }
    expect(servers.now).toMatchObject({ found: ['0-1-6'], state: 'DEGRADED' });
  });

  it('in a replication group is left to its group', () => {
    const servers = new TwoServers();
    for (let probe = 0; probe < 3; probe += 1) {
      servers
        .later()
        .replica({ position: mysql('A:1-9'), member: 'ONLINE' })
        .source({ position: mysql('A:1-5') });
    }
    expect(servers.now).toMatchObject({ found: [], state: 'HEALTHY', probe: [] });
  });
});

describe('a probe of a replica', () => {
  const held = { report: makeReport('REPLICA', { ...ahead, identity: 'b' }), sinceMs: 1_000 };
  const settledMs = held.sinceMs + errantSettleMs;
  const sourceWith = (given: Partial<NodeStatus> = {}): NodeStatus => ({
    ...unseen(makeNode('source')),
    state: 'HEALTHY',
    role: 'SOURCE',
    report: makeReport('SOURCE', { ...source, identity: 'a' }),
    position: at(5),
    asOfMs: 100_000,
    reportedMs: 100_001,
    successes: 1,
    tookWrites: true,
    ...given,
  });
  const replicaWith = (given: Partial<NodeStatus> = {}): NodeStatus => ({
    ...sourceWith({ role: 'REPLICA', tookWrites: false }),
    ...{ node: makeNode('replica-1'), report: held.report, reportedMs: settledMs },
    ...given,
  });
  const seen = (given: Partial<ProbeReport>) => ({ report: makeReport('REPLICA', { identity: 'b', ...given }) });
  const backup = makeNode('backup', { configuredRole: 'BACKUP' });
  const before = { asOfMs: settledMs - 1 };
  const errant = { errant: ['0-1-6'], suspect: held };
  const again = { ...held, sinceMs: settledMs };

  it.each<[what: string, Partial<NodeStatus>, Partial<NodeStatus>, expected: Partial<NodeStatus> | 'the same']>([
    ['makes one that is ahead suspect', {}, {}, { suspect: again, errant: [], state: 'HEALTHY' }],
    ['says nothing before the source was probed since', {}, before, 'the same'],
    ['says nothing of one that was lost since', { successes: 0 }, {}, 'the same'],
    ['says nothing of a backup', { node: backup, role: 'BACKUP' }, {}, 'the same'],
    ['says nothing of one of another flavour', seen({ position: mysql('A:1-9') }), {}, 'the same'],
    ['says nothing while the position of the source is unknown', {}, { position: null }, 'the same'],
    ['changes nothing about one that has nothing more', seen(source), {}, 'the same'],
    ['frees a suspect that has nothing more', { ...seen(source), suspect: held }, {}, { suspect: null }],
    ['leaves a suspect before the time has passed', { suspect: held, reportedMs: settledMs - 1 }, {}, 'the same'],
    ['condemns a suspect as soon as it has', { suspect: held }, {}, { ...errant, state: 'DEGRADED' }],
    [
      'suspects one anew for something else, if the source has what it was suspected of',
      { ...seen({ position: at(7) }), suspect: held },
      { position: at(6) },
      { ...seen({ position: at(7) }), suspect: { ...seen({ position: at(7) }), sinceMs: settledMs }, errant: [] },
    ],
    ['changes nothing about one that is errant by the same', errant, {}, 'the same'],
    [
      'counts what an errant one has got since',
      { ...errant, ...seen({ position: at(7) }) },
      {},
      { errant: at(7).missingIn(at(5)), suspect: held },
    ],
    [
      'suspects an errant one that had gone back, and has it again',
      { ...errant, suspect: null },
      {},
      { ...errant, suspect: again },
    ],
    [
      'condemns one that is degraded already',
      { suspect: held, state: 'DEGRADED', trouble: 'is late' },
      {},
      { trouble: errantTrouble(['0-1-6']) },
    ],
    [
      'leaves one on probation as it is',
      { suspect: held, state: 'DOWN', trouble: 'was away' },
      {},
      { ...errant, state: 'DOWN', trouble: 'was away' },
    ],
    [
      'frees one that was ahead of the source with numbers that are not given out again',
      { ...errant, ...seen({ position: mysql('A:1-5') }) },
      { report: makeReport('SOURCE', { position: mysql('A:1-5') }), position: mysql('A:1-5') },
      { suspect: null, errant: [] },
    ],
  ])('%s', (_, given, beside, expected) => {
    const snapshot = [sourceWith(beside), replicaWith(given)];
    const judged = judgeErrant(snapshot);
    if (expected === 'the same') expect(judged.snapshot).toBe(snapshot);
    else expect(judged.snapshot[1]).toMatchObject(expected);
    expect(judged.snapshot[0]).toBe(snapshot[0]);
  });

  it.each<[what: string, Partial<NodeStatus>, probe: readonly string[]]>([
    ['one that is not suspect', {}, ['source']],
    ['one that is suspected already', { suspect: held }, []],
  ])('has the source probed for %s', (_, given, probe) => {
    expect(judgeErrant([sourceWith(before), replicaWith(given)]).probe).toEqual(probe);
  });

  it('frees the one that is the source now', () => {
    const promoted = replicaWith({ ...errant, ...seen({ readOnly: false }), role: 'SOURCE', tookWrites: true });
    const lost = sourceWith({ state: 'DOWN', failures: 3, successes: 0, tookWrites: false });
    const { snapshot } = judgeErrant([lost, promoted]);
    expect(snapshot).toEqual([lost, { ...promoted, suspect: null, errant: [] }]);
  });

  it('says nothing without a source', () => {
    const lost = [sourceWith({ state: 'DOWN', failures: 3, successes: 0 }), replicaWith(errant)];
    expect(judgeErrant(lost)).toEqual({ snapshot: lost, probe: [] });
  });
});

describe('a cluster', () => {
  it('tells once which transactions its source has never had', async () => {
    const { cluster, clock, probe } = await startScriptedCluster();
    const heard: unknown[] = [];
    cluster.events.subscribe(({ name, node, facts }) => heard.push([name, node, facts.transactions]));
    probe('replica-1').apply(at(3));
    await clock.tick(5000);
    expect(heard).toEqual([
      ['NODE_DEGRADED', 'replica-1', undefined],
      ['ERRANT_TRANSACTION_FOUND', 'replica-1', ['0-1-3 back to number 2']],
    ]);
    probe('replica-1').apply(at(4));
    await clock.tick(5000);
    expect(heard).toHaveLength(2);
    await cluster.stop();
  });
});

describe('the words for it', () => {
  it('are bounded', () => {
    expect(errantTrouble(['a:1', 'b:1', 'c:1', 'd:1', 'e:1'])).toMatch(/never had: a:1; b:1; c:1 and 2 more$/);
  });
});
