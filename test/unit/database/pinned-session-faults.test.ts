/** What an operation makes of the faults of its node, of snapshots and of writes. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../../src/consistency/position.ts';
import { emptySession, type Session } from '../../../src/consistency/session.ts';
import { besides, requirementFor } from '../../../src/consistency/session-guarantee.ts';
import type { OwnStatements } from '../../../src/database/clients/own-statements.ts';
import {
  NodeLostError,
  OverloadedError,
  StatementTimeoutError,
  TransactionOverError,
  WriteIndeterminateError,
} from '../../../src/database/errors.ts';
import type { Commit } from '../../../src/database/session/committed-event.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import type { Work } from '../../../src/database/session/database-session.ts';
import { PinnedSession } from '../../../src/database/session/pinned-session.ts';
import type { PositionedSnapshot } from '../../../src/database/session/positioned-snapshot.ts';
import type { SessionOpening, SessionServices } from '../../../src/database/session/session-opening.ts';
import { LimitedFunctionalityError } from '../../../src/routing/errors.ts';
import type { DriverFault } from '../../../src/servers/driver-fault.ts';
import { ValueRefusedError } from '../../../src/servers/refused-value.ts';
import { at } from '../../support/scripted-probe.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

type Services = SessionServices<string, string>;
type Told = Omit<Commit, 'database'>;

let counts: Map<string, number>;
let queue: string[];
let ended: string[];
let busy: string[];
let doubted: string[];
/** What each node was told to have refused; and those of which another one has answered it. */
let refused: [node: string, error: unknown][];
let elsewhere: string[];
let lastRefused: Map<string, { error: string }>;
let able: boolean;
let told: Told[];
let turns: number;
let annotated: number;
let opened: string[];
let left: string[];
let opening: () => Promise<void>;
let committed: { position: ReturnType<typeof at> | null; onlyOnSource: boolean; appended: number };
let services: Services;

const own = { rows: async () => ['own'] } as unknown as OwnStatements;
const positions = { reached: at(5), observed: at(6) };

beforeEach(() => {
  counts = new Map();
  queue = ['a', 'b', 'source'];
  ended = [];
  busy = [];
  doubted = [];
  refused = [];
  elsewhere = [];
  lastRefused = new Map();
  able = true;
  told = [];
  turns = 0;
  annotated = 0;
  opened = [];
  left = [];
  opening = async () => undefined;
  committed = { position: at(7), onlyOnSource: false, appended: 2 };
  const roles = new Map([
    ['source', 'SOURCE'],
    ['backup', 'BACKUP'],
  ] as const);
  const stand = (part: Partial<Record<keyof Services, unknown>>) => part as unknown as Services;
  services = stand({
    scope: new DatabaseScope('orders'),
    clock: new TickingClock(),
    epoch: () => 1,
    historyTurn: () => 0,
    sourceSure: () => null,
    vouchedAtMs: () => 0,
    believes: () => true,
    untilBelieved: async () => undefined,
    composed: () => 'the client of all',
    clients: (name: string) => ({
      direct: name,
      own,
      pool: {
        faultsMet: (fault: string) => counts.get(`${name} ${fault}`) ?? 0,
        get lastRefused() {
          return lastRefused.get(name) ?? null;
        },
      },
    }),
    routeRead: async ({ excluded }: { excluded: ReadonlySet<string> }) => {
      const node = queue.find((name) => !excluded.has(name));
      if (node === undefined) throw new LimitedFunctionalityError('nobody is left');
      const role = roles.get(node as 'source') ?? 'REPLICA';
      return { decision: { node, role, reason: 'any-replica', waitedMs: 0 }, end: () => void ended.push(node) };
    },
    routeWrite: () => ({
      decision: { node: 'source', role: 'SOURCE', reason: 'write-operation', waitedMs: 0 },
      end: () => undefined,
    }),
    committed: { tell: (commit: Told) => void told.push(commit) },
    observe: async () => at(9),
    isThere: async () => true,
    isBlind: () => false,
    logsAhead: () => false,
    learned: () => undefined,
    refused: (node: string, read: { error: unknown } | null) => {
      doubted.push(node);
      refused.push([node, read?.error]);
      return () => void elsewhere.push(node);
    },
    canServe: () => able,
    busy: (node: string) => {
      busy.push(node);
      return () => void busy.splice(busy.indexOf(node), 1);
    },
    openSnapshot: async (node: string): Promise<PositionedSnapshot<unknown>> => {
      opened.push(node);
      await opening();
      return { reader: `snapshot of ${node}`, own, positions, end: () => void left.push(node) };
    },
    writer: {
      write: async (work: (tx: string) => Promise<unknown>) => ({
        value: await work('tx'),
        includesItsReads: true,
        issuedAtMs: 1,
        ...committed,
      }),
      annotate: async (work: (tx: string) => Promise<unknown>) => {
        annotated += 1;
        return work('note');
      },
    },
  });
});

type Opening = Extract<SessionOpening, { readonly required?: never }>;
const asked = { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null } as const;
/** A read beside something of `shown` that is there already. */
const openBeside = (session: Session, shown: Position, signal = () => new AbortController().signal) => {
  const required = besides(requirementFor(asked, session), shown);
  return new PinnedSession<string, string>(services, { session, required, writes: false, signal });
};
const open = (given: Partial<Opening> = {}) =>
  new PinnedSession<string, string>(services, {
    session: emptySession('orders', 1),
    intent: asked,
    writes: false,
    ...given,
  });

/** A read that meets the fault on these nodes, and finds the name of any other. */
const meeting =
  (fault: DriverFault, ...nodes: string[]) =>
  async (client: unknown): Promise<string> => {
    const name = String(client).replace('snapshot of ', '');
    if (!nodes.includes(name)) return name;
    counts.set(`${name} ${fault}`, (counts.get(`${name} ${fault}`) ?? 0) + 1);
    throw new Error(`${fault} of ${name}`);
  };
const rejection = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => `no error, but ${value}`,
    (error: unknown) => error,
  );

describe('a fault of the node', () => {
  it.each<[DriverFault, new (...words: never[]) => Error]>([
    ['EXHAUSTED', OverloadedError],
    ['STATEMENT_TIMEOUT', StatementTimeoutError],
    ['LOCK_TIMEOUT', StatementTimeoutError],
    ['VALUE', ValueRefusedError],
  ])('%s is told as what it is, and no other node is asked', async (fault, kind) => {
    const session = open();
    expect(await rejection(session.read(meeting(fault, 'a')))).toBeInstanceOf(kind);
    expect([session.decision?.node, ended, busy, doubted]).toEqual(['a', [], [], []]);
  });

  it('that it has not met is passed on as it is', async () => {
    const told = new Error('of the caller');
    expect(await rejection(open().read(async () => Promise.reject(told)))).toBe(told);
    expect(busy).toEqual([]);
  });

  it.each(['UNABLE', 'CHANGED', 'ABSENT'] as const)('%s has another node asked, and it doubted', async (fault) => {
    const session = open();
    expect(await session.read(meeting(fault, 'a'))).toBe('b');
    expect([doubted, ended, session.decision?.node]).toEqual([['a'], ['a'], 'b']);
    expect([refused, elsewhere]).toEqual([[['a', undefined]], ['a']]);
    expect(await session.read(meeting(fault))).toBe('b');
    expect(elsewhere).toEqual(['a']);
  });

  it('UNABLE is told with what this read met, not with what another one met before', async () => {
    lastRefused.set('b', { error: 'before' });
    const meet = meeting('UNABLE', 'a', 'b');
    const session = open();
    const reading = session.read(async (client) => {
      if (client === 'a') lastRefused.set('a', { error: 'now' });
      return meet(client);
    });
    expect(await rejection(reading)).toBeInstanceOf(LimitedFunctionalityError);
    expect(refused).toEqual([
      ['a', 'now'],
      ['b', undefined],
    ]);
  });

  it.each(['UNABLE', 'CHANGED'] as const)('%s of two is what the whole lacks', async (fault) => {
    const error = await rejection(open().read(meeting(fault, 'a', 'b')));
    expect(error).toBeInstanceOf(LimitedFunctionalityError);
    expect(error).toMatchObject({ cause: { message: `${fault} of a` } });
    expect([doubted, elsewhere]).toEqual([['a', 'b'], []]);
  });

  it('ABSENT of two is what the statement may be to blame for', async () => {
    expect(await rejection(open().read(meeting('ABSENT', 'a', 'b')))).toMatchObject({ message: 'ABSENT of a' });
  });

  it.each([
    [true, 'UNABLE of a'],
    [false, undefined],
  ])('UNABLE of the only one is told as such where that can serve: %s', async (canServe, cause) => {
    queue = ['a'];
    able = canServe;
    const error = await rejection(open().read(meeting('UNABLE', 'a')));
    expect(error).toBeInstanceOf(LimitedFunctionalityError);
    expect((error as { cause?: { message?: string } }).cause?.message).toBe(cause);
  });

  it('UNABLE after an answer ends the operation with what the whole lacks', async () => {
    const session = open();
    await session.read(meeting('UNABLE'));
    expect(await rejection(session.read(meeting('UNABLE', 'a')))).toBeInstanceOf(LimitedFunctionalityError);
    expect(session.lostNodes).toEqual(new Set(['a']));
    // The same node answers another read: that is no proof against it.
    await session.read(meeting('UNABLE'));
    expect([session.decision?.node, session.answeredAll, elsewhere]).toEqual(['a', false, []]);
    session.answeredElsewhere();
    session.answeredElsewhere();
    expect(elsewhere).toEqual(['a']);
  });

  it('UNABLE for several reads at once has another node asked for each', async () => {
    const session = open();
    const reads = [session.read(meeting('UNABLE', 'a')), session.read(meeting('UNABLE', 'a'))];
    expect(await Promise.all(reads)).toEqual(['b', 'b']);
    expect([elsewhere, session.answeredAll, session.lostNodes]).toEqual([['a', 'a'], true, null]);
    session.answeredElsewhere();
    expect(elsewhere).toHaveLength(2);
  });

  it('CONNECTION after an answer ends it with the loss of the node', async () => {
    const session = open();
    await session.read(meeting('CONNECTION'));
    expect(await rejection(session.read(meeting('CONNECTION', 'a')))).toBeInstanceOf(NodeLostError);
  });

  it('of the backup, the last one, is what the whole lacks; others are not', async () => {
    queue = ['backup'];
    const refused = await rejection(open().read(async () => Promise.reject(new Error('no such column'))));
    expect(refused).toBeInstanceOf(LimitedFunctionalityError);
    queue = ['a'];
    const told = await rejection(open().read(async () => Promise.reject(new Error('no such column'))));
    expect(told).not.toBeInstanceOf(LimitedFunctionalityError);
  });
});

describe('reads of one operation', () => {
  it('run three at once, and the next when one is over', async () => {
    const session = open();
    let running = 0;
    let most = 0;
    const read = () =>
      session.read(async () => {
        running += 1;
        most = Math.max(most, running);
        await allSettled();
        running -= 1;
      });
    await Promise.all([read(), read(), read(), read(), read()]);
    expect(most).toBe(3);
  });

  it('that fail give their turn on', async () => {
    const session = open();
    const failing = () => rejection(session.read(async () => Promise.reject(new Error('no'))));
    await Promise.all([failing(), failing(), failing(), failing()]);
    expect(await session.read(meeting('VALUE'))).toBe('a');
  });

  it('are counted as work of the node while they run', async () => {
    const session = open();
    await session.read(async () => expect(busy).toEqual(['a']));
    expect(busy).toEqual([]);
  });
});

describe('a snapshot', () => {
  const snapshot = { snapshot: true };

  it('is opened once, read from, and given back at the end', async () => {
    const session = open(snapshot);
    expect(session.snapshotPositions).toBeNull();
    expect(await session.read(async (client) => client)).toBe('snapshot of a');
    await session.read(async (client) => client);
    expect([opened, left, session.snapshotPositions]).toEqual([['a'], [], positions]);
    session.end();
    await allSettled();
    expect([left, session.snapshotPositions]).toEqual([['a'], null]);
  });

  it('is none without being asked for', async () => {
    const session = open();
    expect(await session.read(async (client) => client)).toBe('a');
    expect([opened, session.snapshotPositions]).toEqual([[], null]);
  });

  it('advances the session by what it shows, and asks no server', async () => {
    const session = open(snapshot);
    await session.read(async (client) => client);
    await session.observe();
    expect(session.session.position?.format()).toBe(at(6).format());
  });

  it('is none on the backup', async () => {
    queue = ['backup'];
    expect(await open(snapshot).read(async (client) => client)).toBe('backup');
    expect(opened).toEqual([]);
  });

  it('that comes when the operation has ended is given back', async () => {
    let come: () => void = () => undefined;
    opening = () =>
      new Promise((resolve) => {
        come = resolve;
      });
    const session = open(snapshot);
    const reading = rejection(session.read(async (client) => client));
    await allSettled();
    session.end();
    come();
    await reading;
    await allSettled();
    expect(left).toContain('a');
  });

  it('is opened anew on the next node when its own is lost', async () => {
    const session = open(snapshot);
    expect(await session.read(meeting('CONNECTION', 'a'))).toBe('b');
    await allSettled();
    expect([opened, left]).toEqual([['a', 'b'], ['a']]);
  });

  it.each<[string, boolean, boolean]>([
    ['that is over', true, true],
    ['that is not asked for', false, false],
  ])('%s is a matter of time: %s', async (_, isSnapshot, timedOut) => {
    const session = open({ snapshot: isSnapshot });
    const error = await rejection(session.read(async () => Promise.reject(new TransactionOverError())));
    expect(error instanceof StatementTimeoutError).toBe(timedOut);
  });

  it('whose read fails otherwise tells that', async () => {
    const told = new Error('of the caller');
    expect(await rejection(open(snapshot).read(async () => Promise.reject(told)))).toBe(told);
  });

  it('that cannot be opened fails the read, and ends quietly', async () => {
    opening = async () => Promise.reject(new Error('refused'));
    const session = open(snapshot);
    expect(await rejection(session.read(async (client) => client))).toMatchObject({ message: 'refused' });
    session.end();
    await allSettled();
    expect(left).toEqual([]);
  });
});

describe('a write', () => {
  it.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('has replicas watched where reads follow: %s', async (readsFollow, expected) => {
    const session = open({ writes: true, ...(readsFollow !== undefined && { readsFollow }) });
    await session.write(async () => 'done');
    expect(told.map(({ position, readsFollow }) => [position?.format(), readsFollow])).toEqual([
      [at(7).format(), expected],
    ]);
  });

  it.each([
    ['with a position', 'told', { position: at(7), onlyOnSource: false, appended: 0 }],
    ['that only the source is known to have', 'told', { position: null, onlyOnSource: true, appended: 0 }],
    ['with outbox rows', 'told', { position: null, onlyOnSource: false, appended: 1 }],
    ['of nothing', 'not told', { position: null, onlyOnSource: false, appended: 0 }],
  ])('%s is %s', async (_, expected, given) => {
    committed = given;
    await open({ writes: true }).write(async () => 'done');
    expect(told).toHaveLength(expected === 'told' ? 1 : 0);
  });

  it.each<[string, () => void, object | null]>([
    ['committed is told with its position', () => undefined, { outcome: 'COMMITTED', position: at(7) }],
    [
      'committed without a number is told as on the source only',
      () => Object.assign(committed, { position: null, onlyOnSource: true }),
      { outcome: 'COMMITTED', position: null, onlyOnSource: true },
    ],
    [
      'committed where positions are not learned is told for its outbox rows',
      () => Object.assign(committed, { position: null }),
      { outcome: 'COMMITTED', position: null },
    ],
    [
      'committed on a source that has gone back meanwhile is told without its position',
      () => Object.assign(services, { historyTurn: () => turns++ }),
      { outcome: 'COMMITTED', position: null, onlyOnSource: true },
    ],
    [
      'of unknown outcome is told as such',
      () => Object.assign(services.writer, { write: async () => Promise.reject(new WriteIndeterminateError('lost')) }),
      { outcome: 'UNKNOWN', position: null, issuedAtMs: new TickingClock().now(), appended: null },
    ],
    [
      'rolled back is not announced',
      () => Object.assign(services.writer, { write: async () => Promise.reject(new StatementTimeoutError('slow')) }),
      null,
    ],
  ])('%s', async (_, given, expected) => {
    given();
    await rejection(open({ writes: true, session: emptySession('orders', 4) }).write(async () => 'done'));
    const facts = { onlyOnSource: false, epoch: 4, issuedAtMs: 1, appended: 2, readsFollow: true, change: null };
    expect(told).toEqual(expected === null ? [] : [{ ...facts, ...expected }]);
  });

  it('is told once the session has taken it over, and before it is answered', async () => {
    const order: string[] = [];
    const session = open({ writes: true });
    Object.assign(services.committed, { tell: () => order.push(`told ${session.session.position?.format()}`) });
    await session.write(async () => 'done').then(() => order.push('answered'));
    expect(order).toEqual([`told ${at(7).format()}`, 'answered']);
  });

  it('says what it has changed, once it is committed, as its last run described it', async () => {
    const { write } = services.writer;
    const twice = async (work: Work<string, number>) => {
      await work('tx', own);
      return write(work);
    };
    Object.assign(services.writer, { write: twice });
    const session = open({ writes: true });
    const { changes } = session;
    let runs = 0;
    const { value } = await session.write(
      async () => {
        runs += 1;
        return runs;
      },
      (run) => {
        expect(told).toEqual([]);
        return `by run ${run}`;
      },
    );
    expect([value, changes]).toEqual([2, ['by run 2']]);
    expect(told).toMatchObject([{ change: 'by run 2' }]);
    await session.write(async () => 'undescribed');
    expect([changes, told[1]?.change]).toEqual([['by run 2'], null]);
  });

  it.each<[string, () => void, number]>([
    ['wrote nothing', () => Object.assign(committed, { position: null, appended: 0 }), 0],
    [
      'has an unknown outcome',
      () =>
        Object.assign(services.writer, {
          write: async (work: (tx: string) => Promise<unknown>) => {
            await work('tx');
            throw new WriteIndeterminateError('lost');
          },
        }),
      1,
    ],
  ])('has changed nothing that is known when it %s', async (_, given, tellings) => {
    given();
    const session = open({ writes: true });
    await rejection(
      session.write(
        async () => 'done',
        () => 'described',
      ),
    );
    expect(session.changes).toEqual([]);
    expect(told.map(({ change }) => change)).toEqual(Array.from({ length: tellings }, () => null));
  });

  it('whose description fails fails before it is committed', async () => {
    const described = new Error('cannot be described');
    const failing = () => {
      throw described;
    };
    expect(await rejection(open({ writes: true }).write(async () => 'done', failing))).toBe(described);
    expect(told).toEqual([]);
  });

  it('of unknown outcome fails as before', async () => {
    const lost = new WriteIndeterminateError('lost');
    Object.assign(services.writer, { write: async () => Promise.reject(lost) });
    expect(await rejection(open({ writes: true }).write(async () => 'done'))).toBe(lost);
  });

  it('that is a note moves nothing', async () => {
    const session = open({ writes: true });
    expect(await session.annotate(async (tx) => tx)).toBe('note');
    expect([annotated, told, session.session.position]).toEqual([1, [], null]);
  });

  it('that was learned elsewhere moves the session', () => {
    const session = open({ writes: true });
    session.adopt(at(4), 17);
    expect(session.session).toMatchObject({ issuedAtMs: 17 });
    expect(session.session.position?.format()).toBe(at(4).format());
  });
});

it('an operation hands out the client of all, and a part of an answer counts as seen', async () => {
  expect(open().client).toBe('the client of all');
  let routed: unknown = null;
  Object.assign(services, {
    routeRead: async (request: unknown) => {
      routed = request;
      throw new Error('enough');
    },
  });
  const signal = () => new AbortController().signal;
  await rejection(openBeside(emptySession('orders', 1), at(3), signal).pin());
  expect(routed).toMatchObject({ position: at(3), signal, backupAllowed: false });
  await rejection(openBeside({ ...emptySession('orders', 1), position: at(9) }, at(3)).pin());
  expect(String((routed as { position: { format(): string } }).position.format())).toBe(at(9).format());
  await rejection(open().pin());
  expect(routed).toMatchObject({ position: null, backupAllowed: true });
  expect(Object.hasOwn(routed as object, 'signal')).toBe(false);
});

it('an operation that read nothing has nothing to observe', async () => {
  const session = open();
  await session.observe();
  expect(session.session).toEqual(emptySession('orders', 1));
});
