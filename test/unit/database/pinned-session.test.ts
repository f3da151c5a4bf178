import { beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../../src/consistency/position.ts';
import { emptySession } from '../../../src/consistency/session.ts';
import { besides, requirementFor } from '../../../src/consistency/session-guarantee.ts';
import { NodeLostError, OverloadedError, StatementTimeoutError } from '../../../src/database/errors.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { PinnedSession } from '../../../src/database/session/pinned-session.ts';
import type { SessionOpening, SessionServices } from '../../../src/database/session/session-opening.ts';
import type { RoutedRead } from '../../../src/routing/route-request.ts';
import { at } from '../../support/scripted-probe.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

type Fault = 'CONNECTION' | 'EXHAUSTED' | 'LOCK_TIMEOUT' | 'STATEMENT_TIMEOUT';
type Fake = { readonly name: string; readonly counts: Map<string, number> };
type FakeServices = SessionServices<Fake, never>;

let clients: Map<string, Fake>;
let requests: RoutedRead[];
let ended: string[];
let observe: (node: string) => Promise<Position>;
let believes: (position: Position) => boolean;
let doubts: number;
let queue: string[];
let epoch: number;
let turn: number;
let sure: Promise<unknown> | null;
let vouchedAtMs: number;
let down: Set<string>;
let ahead: Set<string>;
let blind: Set<string>;
let services: FakeServices;
let scope: DatabaseScope;

beforeEach(() => {
  clients = new Map(['source', 'a', 'b'].map((name) => [name, { name, counts: new Map() }]));
  requests = [];
  ended = [];
  queue = ['a', 'b', 'source'];
  observe = async () => at(5);
  believes = () => true;
  doubts = 0;
  epoch = 1;
  turn = 0;
  sure = null;
  vouchedAtMs = 0;
  down = new Set();
  ahead = new Set();
  blind = new Set();
  const route = (node: string, reason: 'any-replica' | 'write-operation') => ({
    decision: { node, role: node === 'source' ? ('SOURCE' as const) : ('REPLICA' as const), reason, waitedMs: 0 },
    end: () => void ended.push(node),
  });
  const stand = (part: Partial<Record<keyof FakeServices, unknown>>) => part as unknown as FakeServices;
  scope = new DatabaseScope('orders');
  services = stand({
    scope,
    clock: new TickingClock(),
    epoch: () => epoch,
    historyTurn: () => turn,
    sourceSure: () => sure,
    vouchedAtMs: () => vouchedAtMs,
    believes: (position: Position) => believes(position),
    untilBelieved: async () => {
      doubts += 1;
    },
    busy: () => () => undefined,
    clients: (name: string) => {
      const client = clients.get(name) as Fake;
      const own = { rows: async ({ row }: { row: (cells: string[]) => unknown }) => [row([name])] };
      return {
        direct: client,
        own,
        pool: { faultsMet: (fault: string) => client.counts.get(fault) ?? 0, lastRefused: null },
      };
    },
    composed: () => clients.get('source'),
    routeRead: async (request: RoutedRead) => {
      requests.push({ ...request, excluded: new Set(request.excluded) });
      const next = queue.find((name) => !request.excluded.has(name));
      if (next === undefined) throw new Error('nobody is left');
      return route(next, 'any-replica');
    },
    routeWrite: () => route('source', 'write-operation'),
    committed: { tell: () => undefined },
    observe: (node: string) => observe(node),
    isThere: async (node: string) => !down.has(node),
    isBlind: (node: string) => blind.has(node),
    logsAhead: (node: string) => ahead.has(node),
    learned: () => undefined,
    writer: {
      write: async (work: (tx: null) => Promise<unknown>) => ({
        value: await work(null),
        position: at(7),
        includesItsReads: true,
        issuedAtMs: 1,
        appended: 0,
      }),
    },
  });
});

type Opening = Extract<SessionOpening, { readonly required?: never }>;
const open = (opening: Partial<Opening> = {}) =>
  new PinnedSession<Fake, never>(services, {
    session: emptySession('orders', 1),
    intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
    writes: false,
    ...opening,
  });

const nodeOf = async (client: unknown) => (client as Fake).name;

function failing(client: unknown, fault: Fault): never {
  const { counts } = client as Fake;
  counts.set(fault, (counts.get(fault) ?? 0) + 1);
  throw new Error(`${fault} in the driver's words`);
}

describe('an operation', () => {
  it('reads from one node, chosen once, however many reads run at a time', async () => {
    const session = open();
    expect(await Promise.all([session.read(nodeOf), session.read(nodeOf), session.read(nodeOf)])).toEqual([
      'a',
      'a',
      'a',
    ]);
    expect(requests).toHaveLength(1);
  });

  it('reads below its client on the same node, as one of its reads', async () => {
    const session = open();
    const statement = { sql: 'SELECT name', values: [], row: ([name]: readonly unknown[]) => name };
    expect([await session.read(nodeOf), ...(await session.rows(statement))]).toEqual(['a', 'a']);
    expect(requests).toHaveLength(1);
    await session.observe();
    expect(session.session.position).not.toBeNull();
  });

  it('gives its node back once, also when it ends before the node is chosen', async () => {
    const session = open();
    const pinning = session.pin();
    session.end();
    expect(ended).toEqual([]);
    await pinning;
    expect(ended).toEqual(['a']);
  });

  it('reads elsewhere when its node is lost before the first answer', async () => {
    const session = open();
    const value = await session.read(async (client) => {
      if ((client as Fake).name === 'a') failing(client, 'CONNECTION');
      return nodeOf(client);
    });
    expect(value).toBe('b');
    expect(session.decision?.node).toBe('b');
    expect(requests[1]?.excluded).toEqual(new Set(['a']));
    expect(ended).toEqual(['a']);
  });

  it('fails when its node is lost after an answer, and says which nodes to avoid', async () => {
    const session = open();
    await session.read(nodeOf);
    const lost = session.read((client) => failing(client, 'CONNECTION'));
    await expect(lost).rejects.toBeInstanceOf(NodeLostError);
    await expect(lost).rejects.toMatchObject({ retryable: true, facts: { node: 'a' } });
    expect(session.lostNodes).toEqual(new Set(['a']));
  });

  it('never keeps an answer of a node that it has left', async () => {
    const session = open();
    let answerLate: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      answerLate = resolve;
    });
    const slow = session.read(async (client) => {
      if ((client as Fake).name === 'a') await late;
      return nodeOf(client);
    });
    const quick = session.read(async (client) => {
      if ((client as Fake).name === 'a') failing(client, 'CONNECTION');
      return nodeOf(client);
    });
    expect(await quick).toBe('b');
    answerLate();
    expect(await slow).toBe('b');
  });

  it('moves all its reads over when several are lost with the node', async () => {
    const session = open();
    let crash: () => void = () => undefined;
    const crashed = new Promise<void>((resolve) => {
      crash = resolve;
    });
    const read = () =>
      session.read(async (client) => {
        if ((client as Fake).name === 'a') {
          await crashed;
          failing(client, 'CONNECTION');
        }
        return nodeOf(client);
      });
    const reads = [read(), read(), read()];
    await allSettled();
    crash();
    expect(await Promise.all(reads)).toEqual(['b', 'b', 'b']);
    expect(requests).toHaveLength(2);
  });

  it('gives up when the nodes that it may use are used up', async () => {
    const read = open().read((client) => failing(client, 'CONNECTION'));
    await expect(read).rejects.toThrow('nobody is left');
  });

  it('of a mutation fails when the source is lost', async () => {
    const read = open({ writes: true }).read((client) => failing(client, 'CONNECTION'));
    await expect(read).rejects.toBeInstanceOf(NodeLostError);
  });

  it.each([
    ['EXHAUSTED', OverloadedError],
    ['STATEMENT_TIMEOUT', StatementTimeoutError],
    ['LOCK_TIMEOUT', StatementTimeoutError],
  ] as const)('that meets %s fails with a typed error without the text of the driver', async (fault, type) => {
    const read = open().read((client) => failing(client, fault));
    await expect(read).rejects.toBeInstanceOf(type);
    await expect(read).rejects.not.toThrow("driver's words");
  });

  it('lets other errors through as they are', async () => {
    await expect(open().read(() => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError);
  });

  it('is what reads inside of it belong to, and nothing outside of it', async () => {
    const session = open();
    const inside = await session.run(async () => {
      await allSettled();
      return scope.reader;
    });
    expect(inside).toBe(session);
    expect(() => scope.reader).toThrow('the database orders was made outside of a session');
  });
});

describe('what an operation asks of its node', () => {
  const session = { ...emptySession('orders', 1), position: at(3), issuedAtMs: 1 };
  const intent = { whenBehind: 'BYPASS', waitMs: 7, maxStalenessMs: null } as const;
  it.each([
    ['EVENTUAL', false, null, null],
    ['BOUNDED', false, null, null],
    ['SESSION', false, '0-1-3', null],
    ['STRONG', false, null, 'strong-read'],
    ['SESSION', true, null, 'position-unknown'],
    ['STRONG', true, null, 'strong-read'],
  ] as const)('%s, source required: %s', async (level, requiresSource, position, sourceOnly) => {
    await open({ session: { ...session, requiresSource }, intent: { ...intent, level } }).pin();
    expect(requests[0]).toMatchObject({ sourceOnly, whenBehind: 'BYPASS', waitMs: 7 });
    expect(requests[0]?.position?.format() ?? null).toBe(position);
  });

  it('is what was derived for its run', async () => {
    const asked = { ...intent, level: 'BOUNDED' } as const;
    const required = besides(requirementFor(asked, session), at(9));
    const run = () => new PinnedSession<Fake, never>(services, { session, required, writes: false });
    await run().pin();
    expect(requests[0]).toEqual({ ...required, excluded: new Set() });
    const moved = run();
    moved.adopt(at(12), 2);
    await moved.pin();
    expect(requests[1]?.position, 'what is shown counts for as long as the operation lasts').toBe(required.position);
  });

  it('includes what the operation itself has written before it reads', async () => {
    const writing = open({ session, intent: { ...intent, level: 'SESSION' } });
    await writing.write(async () => 'written');
    await writing.pin();
    expect(requests[0]?.position?.format()).toBe('0-1-7');
    const unknown = open({ session, intent: { ...intent, level: 'SESSION' } });
    unknown.requireSource();
    await unknown.pin();
    expect(requests[1]).toMatchObject({ position: null, sourceOnly: 'position-unknown' });
  });
});

describe('what the client has seen', () => {
  it('advances by what its node has once its reads are done', async () => {
    const session = open();
    await session.observe();
    expect(session.session.position).toBeNull();
    await session.read(nodeOf);
    await session.observe();
    expect(session.session.position?.format()).toBe('0-1-5');
  });

  it('advances again after later reads, however many asked at the same time before', async () => {
    const asked: string[] = [];
    observe = async (node) => {
      asked.push(node);
      await allSettled();
      return at(4 + asked.length);
    };
    const session = open();
    await session.read(nodeOf);
    await session.read(nodeOf);
    await Promise.all([session.observe(), session.observe(), session.observe()]);
    await session.read(nodeOf);
    await session.read(nodeOf);
    const before = asked.length;
    await session.observe();
    expect(asked.length).toBe(before + 1);
    await session.observe();
    expect(asked.length).toBe(before + 1);
  });

  it('does not advance with EVENTUAL, which promises nothing', async () => {
    const session = open({ intent: { level: 'EVENTUAL', whenBehind: 'WAIT', waitMs: 0, maxStalenessMs: null } });
    await session.read(nodeOf);
    await session.observe();
    expect(session.session.position).toBeNull();
  });

  it('may be run again elsewhere when its node is lost before it tells what was seen, and still has an answer', async () => {
    const session = open();
    observe = async (node) => {
      down.add(node);
      throw new Error('does not answer');
    };
    await session.read(nodeOf);
    await session.observe();
    expect(session.lostNodes).toEqual(new Set(['a']));
    expect(session.unobserved).toBe(true);
    expect(session.session.requiresSource).toBe(true);
  });

  it('was seen on a replica no later than the source was known to be there', async () => {
    vouchedAtMs = 4711;
    const session = open();
    await session.read(nodeOf);
    await session.observe();
    expect(session.session.issuedAtMs).toBe(4711);
  });

  describe('on a source that has gone back meanwhile', () => {
    const seen = { ...emptySession('orders', 1), position: at(3), issuedAtMs: 1 };
    beforeEach(() => {
      queue = ['source'];
      // Known once the probe that is under way is done.
      sure = allSettled().then(() => {
        turn += 1;
      });
    });

    it('is not covered by the position of a write: only the source is left, and what was to be seen is still named', async () => {
      const session = open({ session: seen, writes: true });
      expect(await session.write(async () => 'done')).toMatchObject({
        value: 'done',
        position: null,
        onlyOnSource: true,
      });
      expect(session.session).toMatchObject({ position: seen.position, issuedAtMs: 1, requiresSource: true });
    });

    it('is not covered by the position behind a read, which is run again', async () => {
      const session = open({ session: seen });
      await session.read(nodeOf);
      await session.observe();
      expect(session.historyMoved).toBe(true);
      expect(session.session).toMatchObject({ position: seen.position, issuedAtMs: 1, requiresSource: true });
    });
  });

  it('says when a promotion has overtaken what it read', async () => {
    const session = open();
    await session.read(nodeOf);
    epoch = 2;
    await session.observe();
    expect([session.historyMoved, session.session.requiresSource]).toEqual([true, true]);
    const later = open({ session: emptySession('orders', 2) });
    await later.read(nodeOf);
    await later.observe();
    expect([later.historyMoved, later.session.requiresSource]).toEqual([false, false]);
  });

  it('is not run again because a node that is there does not tell', async () => {
    const session = open();
    observe = () => Promise.reject(new Error('does not answer'));
    await session.read(nodeOf);
    await session.observe();
    expect([session.lostNodes, session.unobserved]).toEqual([null, false]);
  });

  it('on a source that logs ahead asks what was seen, and believes nothing that came with the read', async () => {
    queue = ['source'];
    for (const logsAhead of [false, true]) {
      if (logsAhead) ahead.add('source');
      const session = open();
      await session.read(async (client) => {
        session.observation.begins();
        session.observation.learn({ reached: at(9), observed: at(9) });
        return nodeOf(client);
      });
      await session.observe();
      expect(session.session.position?.format()).toBe((logsAhead ? at(5) : at(9)).format());
    }
  });

  it('is only certainly on the source if the node’s position is unknown', async () => {
    observe = () => Promise.reject(new Error('does not answer'));
    const session = open();
    await session.read(nodeOf);
    await session.observe();
    expect(session.session).toMatchObject({ requiresSource: true });
  });

  it('is only surely on the source if its node shows an unknown promotion', async () => {
    believes = () => false;
    const session = open();
    await session.read(nodeOf);
    await session.observe();
    expect(doubts).toBe(1);
    expect(session.session).toMatchObject({ requiresSource: true, position: null });
  });

  it('advances all the same when a probe vouches for it in time', async () => {
    believes = () => doubts > 0;
    const session = open();
    await session.read(nodeOf);
    await session.observe();
    expect(session.session.position?.format()).toBe('0-1-5');
  });

  it('is known again after an answer of the source', async () => {
    const session = open({ session: { ...emptySession('orders', 1), requiresSource: true }, writes: true });
    await session.read(nodeOf);
    await session.observe();
    expect(session.session).toMatchObject({ requiresSource: false });
    expect(session.session.position?.format()).toBe('0-1-5');
  });

  it('asks for the backup only when it has no past and no bound', async () => {
    const empty = emptySession('orders', 1);
    const past = { ...empty, position: at(3) };
    const intent = { level: 'SESSION', whenBehind: 'WAIT', waitMs: 0, maxStalenessMs: null } as const;
    const openings: [Partial<Opening>, boolean][] = [
      [{ session: empty, intent }, true],
      [{ session: empty, intent: { ...intent, level: 'EVENTUAL' } }, true],
      [{ session: empty, intent: { ...intent, level: 'STRONG' } }, false],
      [{ session: empty, intent: { ...intent, level: 'BOUNDED', maxStalenessMs: 10 } }, false],
      [{ session: past, intent }, false],
      [{ session: past, intent: { ...intent, level: 'EVENTUAL' } }, false],
      [{ session: { ...empty, requiresSource: true }, intent }, false],
    ];
    for (const [opening, allowed] of openings) {
      await open(opening).read(nodeOf);
      expect(requests.at(-1)?.backupAllowed).toBe(allowed);
    }
  });

  it('advances by what was written', async () => {
    const session = open({ writes: true });
    const { value, position } = await session.write(async () => 'written');
    expect([value, position?.format(), session.session.position?.format()]).toEqual(['written', '0-1-7', '0-1-7']);
  });
});

describe('an operation on a source whose positions say nothing', () => {
  const required = { ...emptySession('orders', 1), requiresSource: true };

  it('leaves only the source to a session that has read there, and asks it nothing', async () => {
    blind.add('source');
    observe = async () => Promise.reject(new Error('nobody asks'));
    queue = ['source'];
    const session = open();
    await session.read(nodeOf);
    await session.observe();
    expect(session.session).toMatchObject({ requiresSource: true, position: null });
    expect(requests[0]).toMatchObject({ observes: true });
  });

  it('does not settle there what needs the source', async () => {
    blind.add('source');
    const session = open({ session: required, writes: true });
    await session.read(nodeOf);
    await session.observe();
    expect(session.session.requiresSource).toBe(true);
  });

  it('keeps to that within the operation that has written so, whatever is known of the source', async () => {
    const session = open({ writes: true });
    session.requireSource();
    await session.read(nodeOf);
    await session.observe();
    expect(session.session).toMatchObject({ requiresSource: true, position: null });
  });
});
