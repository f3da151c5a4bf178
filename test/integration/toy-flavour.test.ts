/**
 * A kind of server that exists in memory goes through the whole engine, and all that names it is the list of kinds: this file puts
 * it there, and nothing else of the program is touched. Its driver, its statements and its errors are like no other's.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { carryOut } from '../../src/cluster/failover/carry-out.ts';
import type { Decision } from '../../src/cluster/failover/plan.ts';
import { planPromotion } from '../../src/cluster/failover/plan-promotion.ts';
import { planRejoin } from '../../src/cluster/failover/plan-rejoin.ts';
import { planSwitchover } from '../../src/cluster/failover/plan-switchover.ts';
import { PrismaEngine } from '../../src/database/engine/prisma-engine.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { MirrorConnection } from '../../src/database/mirror/mirror-connection.ts';
import { ClusterMembers } from '../../src/database/nodes/cluster-members.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { addressAt } from '../../src/servers/server-url.ts';
import { defaultEngine } from '../support/engine.ts';
import { makeToyClient, type ToyClient, type ToyTransaction } from '../support/toy/toy-client.ts';
import { toyMachine } from '../support/toy/toy-driver.ts';
import { ToyServer } from '../support/toy/toy-server.ts';
import { until } from '../support/until.ts';

vi.mock('../../src/servers/flavours.ts', async (original) => {
  const { toy } = await import('../support/toy/toy-flavour.ts');
  const { flavours } = await original<typeof import('../../src/servers/flavours.ts')>();
  return { flavours: { ...flavours, toy } };
});

const urlOf = ({ port }: ToyServer): string => `toy://app:secret@127.0.0.1:${port}/notes`;

function startServers(firstPort: number): readonly [ToyServer, ToyServer, ToyServer] {
  const [source, first, second] = ['source', 'replica-1', 'replica-2'].map((name, index) => {
    const server = new ToyServer(name, firstPort + index);
    toyMachine.set(server.port, server);
    return server;
  }) as [ToyServer, ToyServer, ToyServer];
  source.takesWrites = true;
  source.commit([{ kind: 'epoch', record: { epoch: 1, sourceId: '', endOfPrevious: null } }]);
  first.follow(source);
  second.follow(source);
  return [source, first, second];
}

type Options = ConstructorParameters<typeof PrismaEngine<ToyClient, ToyTransaction>>[0];
type Settings = NonNullable<Options['settings']>;

async function openEngine(
  [source, ...replicas]: readonly [ToyServer, ...ToyServer[]],
  settings: Settings = {},
  given: Partial<Options> = {},
) {
  const engine = new PrismaEngine<ToyClient, ToyTransaction>({
    source: urlOf(source),
    replicas: replicas.map(urlOf),
    makeClient: makeToyClient,
    clusterId: 'notes',
    tokenKeys: [{ id: 'a', secret: 'a secret of at least thirty-two characters' }],
    settings: { ...defaultEngine, monitor: { intervalMs: 50, downIntervalMs: 50, timeoutMs: 2000 }, ...settings },
    ...given,
  });
  await engine.start();
  return engine;
}

const reading = (name: string) => (client: ToyClient) => client.note.findUnique({ name });
const setting = (name: string, value: string) => (transaction: ToyTransaction) => transaction.set(name, value);
const tokensOf = (...answers: { readonly token: string | null }[]): string[] =>
  answers.flatMap(({ token }) => (token === null ? [] : [token]));

describe('an engine over servers of another kind', () => {
  const servers = startServers(7000);
  const [source, first, second] = servers;
  let engine: Awaited<ReturnType<typeof openEngine>>;
  const statuses = () => engine.database.cluster.snapshot();

  beforeAll(async () => {
    engine = await openEngine(servers);
  });
  afterAll(() => engine.stop());

  it('sees who is the source, and how far each is', () => {
    expect(statuses().map(({ node, role, state, position }) => [node.name, role, state, position?.format()])).toEqual([
      ['source', 'SOURCE', 'HEALTHY', '1/1'],
      ['replica-1', 'REPLICA', 'HEALTHY', '1/1'],
      ['replica-2', 'REPLICA', 'HEALTHY', '1/1'],
    ]);
  });

  it('reads its own write from a replica that has it', async () => {
    // Slow, not held: a replica that says it applies nothing is left out as soon as a probe hears of it.
    first.isSlow = true;
    const written = await engine.write(setting('greeting', 'good morning'));
    const read = await engine.read(reading('greeting'), { tokens: tokensOf(written) });
    expect([read.value, read.decision?.node]).toEqual(['good morning', 'replica-2']);
    // Nobody else brings a token: any replica will do.
    const seen = new Set<string | null>();
    await until('a read without a token is served by the late replica', async () => {
      const { value, decision } = await engine.read(reading('greeting'));
      if (decision?.node === 'replica-1') seen.add(value);
      return decision?.node === 'replica-1';
    });
    expect([...seen]).toEqual([null]);
    first.catchUp();
  });

  it('waits for a replica that reaches the position, by polling', async () => {
    first.hold();
    second.isSlow = true;
    const written = await engine.write(setting('greeting', 'good evening'));
    const asked = second.timesAsked;
    const waiting = engine.read(reading('greeting'), { tokens: tokensOf(written), waitMs: 20_000 });
    await until('somebody waits for it', () => second.timesAsked > asked + 20);
    second.catchUp();
    const read = await waiting;
    expect([read.value, read.decision?.node]).toEqual(['good evening', 'replica-2']);
    first.release();
  });

  it('goes to the source when no replica gets there in time', async () => {
    first.hold();
    second.hold();
    const written = await engine.write(setting('greeting', 'good night'));
    const read = await engine.read(reading('greeting'), { tokens: tokensOf(written), waitMs: 20 });
    expect([read.value, read.decision?.node]).toEqual(['good night', 'source']);
    first.release();
    second.release();
  });

  it('never goes back behind what was read', async () => {
    const written = await engine.write(setting('greeting', 'hello'));
    const read = await engine.read(reading('greeting'), { tokens: tokensOf(written) });
    expect(read.value).toBe('hello');
    first.hold();
    second.hold();
    source.commit([{ kind: 'row', name: 'greeting', value: 'from elsewhere' }]);
    const strong = await engine.read(reading('greeting'), { level: 'STRONG' });
    expect(strong.value).toBe('from elsewhere');
    const again = await engine.read(reading('greeting'), { tokens: tokensOf(strong), waitMs: 20 });
    expect([again.value, again.decision?.node]).toEqual(['from elsewhere', 'source']);
    first.release();
    second.release();
  });

  it('finds out what became of a commit whose answer was lost', async () => {
    source.losesNextCommit = 'ANSWER';
    const before = source.log.length;
    const written = await engine.write(setting('answered', 'yes'));
    expect([source.row('answered'), source.log.length]).toEqual(['yes', before + 1]);
    const read = await engine.read(reading('answered'), { tokens: tokensOf(written) });
    expect(read.value).toBe('yes');
  });

  it('finds out that a commit never arrived', async () => {
    source.losesNextCommit = 'COMMIT';
    const outcome = await engine.write(setting('arrived', 'yes')).then(
      () => 'written',
      (error: { code?: string }) => error.code,
    );
    // Which of the two is a matter of how it was found out; that it is there once or not at all is not.
    expect(outcome).toBe(source.row('arrived') === 'yes' ? 'written' : 'SOURCE_UNAVAILABLE');
  });

  it('tells a fault by the words of its own driver', async () => {
    first.refused.set('gone', 'GONE');
    const answers = await Promise.all(Array.from({ length: 8 }, () => engine.read(reading('gone'))));
    expect(new Set(answers.map(({ decision }) => decision?.node)).has('replica-1')).toBe(false);
    expect(engine.database.cluster.snapshot()).toHaveLength(3);
    first.refused.clear();
  });

  it('reads on when a replica dies', async () => {
    second.kill();
    const answers = await Promise.all(Array.from({ length: 8 }, () => engine.read(reading('greeting'))));
    expect(answers.map(({ value }) => value)).toEqual(Array(8).fill('from elsewhere'));
    await until('the dead replica is seen', () => statuses()[2]?.state === 'DOWN');
    second.isRunning = true;
    second.takeOver(source);
    await until('it is back', () => statuses()[2]?.state === 'HEALTHY');
  });
});

describe('an engine that is opened for some uses', () => {
  const servers = startServers(7300);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );

  it.each<[what: string, settings: Settings, given: Partial<Options>, read: string, write: string]>([
    ['for both unless told', {}, {}, 'done', 'done'],
    ['to be read', {}, { uses: { writes: false } }, 'done', 'DATABASE_READ_ONLY'],
    ['to be written', {}, { uses: { reads: false } }, 'DATABASE_WRITE_ONLY', 'done'],
    ['to be read, by its settings', { uses: { writes: false } }, {}, 'done', 'DATABASE_READ_ONLY'],
    [
      'to be read, whatever its settings',
      { uses: { reads: false } },
      { uses: { writes: false } },
      'done',
      'DATABASE_READ_ONLY',
    ],
    ['for both, with one epoch for ever', {}, { uses: { epochs: false } }, 'done', 'done'],
  ])('is used %s', async (_, settings, given, read, write) => {
    const engine = await openEngine(servers, settings, given);
    try {
      expect(await codeOf(engine.read(reading('greeting')))).toBe(read);
      expect(await codeOf(engine.write(setting('greeting', 'hello')))).toBe(write);
      expect(engine.database.epochs.map(({ epoch }) => epoch)).toEqual([1]);
    } finally {
      await engine.stop();
    }
  });
});

describe('what an engine knows of such servers', () => {
  const servers = startServers(7400);
  let engine: Awaited<ReturnType<typeof openEngine>>;
  beforeAll(async () => {
    engine = await openEngine(servers);
  });
  afterAll(() => engine.stop());

  it('is that positions say what they have', () => {
    const { database } = engine;
    expect([database.comparesPositions, database.tellsPosition('source')]).toEqual([true, true]);
  });

  it('is each write, as soon as it has been committed: that it is part of the history need not be asked', async () => {
    const { committed, cluster } = engine.database;
    const heard: unknown[] = [];
    const end = committed.subscribe(({ position }) => {
      heard.push(position?.format(), position && cluster.judge.judge(position));
    });
    await engine.write(setting('greeting', 'hello again'));
    expect(heard).toEqual([expect.stringMatching(/^1\/\d+$/), 'INCLUDED']);
    end();
  });

  it('is asked of one of them, or of the source, on a connection of its own', async () => {
    const row = (name: string) => ({ sql: `SELECT ${name}`, rowsAsArray: true });
    await engine.write(setting('greeting', 'to all'));
    const { database } = engine;
    const atSource = await database.onSource(async (connection) => connection.query(row('greeting')));
    const atOne = await database.onNode('source', async (connection) => connection.query(row('greeting')));
    expect([atSource, atOne]).toEqual([[['to all']], [['to all']]]);
    await expect(database.onNode('replica-9', async () => null)).rejects.toThrow('No node is called replica-9');
  });
});

describe('what such servers are there for', () => {
  const servers = startServers(7100);
  const [source, first] = servers;

  it('is probed, and a cure is told in their words', async () => {
    first.refused.set('notes', 'NO_RIGHT');
    source.refused.set('INSERT notes', 'NO_RIGHT');
    const engine = await openEngine(servers, {
      serves: {
        tables: [{ table: 'notes', columns: ['name'] }],
        written: [
          { table: 'notes', rights: { INSERT: { columns: ['name'], without: 'no note is taken', stops: true } } },
        ],
        migrations: [],
      },
    });
    try {
      const [seenSource, seenFirst] = engine.database.cluster.snapshot();
      expect(seenFirst).toMatchObject({
        state: 'DEGRADED',
        report: {
          unable: [
            {
              kind: 'RIGHT_MISSING',
              table: 'notes',
              code: 'NO_RIGHT',
              cure: expect.stringContaining('LET the account'),
            },
          ],
        },
      });
      await until('the missing right to write is seen', () => {
        const [now] = engine.database.cluster.snapshot();
        return now?.report?.unwritable?.[0]?.cure === 'LET the account in its URL INSERT notes';
      });
      expect(seenSource?.role).toBe('SOURCE');
    } finally {
      await engine.stop();
    }
  });
});

describe('what such servers cannot do', () => {
  const [source] = startServers(7150);

  it('is said, and not tried: to be mirrored', async () => {
    const mirror = new MirrorConnection(addressAt(urlOf(source), 'notes'), systemClock);
    const asked = mirror.use(5000, async () => 'asked');
    await expect(asked).rejects.toMatchObject({
      kind: 'server',
      message: expect.stringContaining('not mirrored (toy)'),
    });
    await mirror.close();
  });

  it('is said, and not tried: to be migrated', async () => {
    const options = { url: urlOf(source), directory: 'prisma/orders/migrations', log: () => undefined };
    await expect(migrate(options)).rejects.toThrow('Servers of the kind toy have no schema that migrations change');
  });
});

describe('a promotion among such servers', () => {
  const servers = startServers(7200);
  const [source, first, second] = servers;
  let engine: Awaited<ReturnType<typeof openEngine>>;
  let members: ClusterMembers;

  beforeAll(async () => {
    engine = await openEngine(servers);
    members = new ClusterMembers(
      servers.map((server, index) => ({
        ...addressAt(urlOf(server), server.name),
        configuredSource: index === 0,
        priority: 1,
      })),
      systemClock,
    );
  });
  afterAll(async () => {
    await members.close();
    await engine.stop();
  });

  const carriedOut = async (decision: Decision) => {
    if (decision.verdict !== 'go') throw new Error(JSON.stringify(decision));
    return carryOut(decision.steps, {
      control: (node) => members.control(node),
      clock: systemClock,
      account: null,
      mayGoOn: async () => true,
      progress: () => undefined,
      applyTimeoutMs: 5000,
    });
  };

  it('is planned by what they can be told: their source cannot step down while it runs', async () => {
    const decision = planSwitchover(await members.probe(), 'replica-1');
    expect(decision).toMatchObject({ verdict: 'refused', reasons: [expect.stringContaining('stop it on its host')] });
  });

  it('moves the writes, and what did not survive is known', async () => {
    const kept = await engine.write(setting('kept', 'yes'));
    // They are cut off: what is written now nobody else will ever have.
    for (const replica of [first, second]) source.followers.delete(replica);
    const lost = await engine.write(setting('lost', 'yes'));
    source.kill();
    await until('the dead source is seen', () => engine.database.cluster.snapshot()[0]?.state === 'DOWN');
    const seen = await members.probe();
    const decision = planPromotion(seen, { target: 'replica-1', force: true, onlyIfSourceDown: false });
    expect(await carriedOut(decision)).toEqual({ leftOut: [] });
    await until('the new source is seen', () => engine.database.cluster.snapshot()[1]?.role === 'SOURCE');
    const written = await engine.write(setting('greeting', 'from the new source'));
    const read = await engine.read(reading('greeting'), { tokens: tokensOf(written, kept), waitMs: 5000 });
    expect(read.value).toBe('from the new source');
    expect(engine.database.epochs.map(({ epoch, sourceId }) => [epoch, sourceId])).toEqual([
      [1, ''],
      [2, expect.stringMatching(/^7201@/)],
    ]);
    await expect(engine.read(reading('lost'), { tokens: tokensOf(lost) })).rejects.toMatchObject({
      code: 'WRITE_LOST',
    });
  });

  it('leaves the old source to an operator on its host', async () => {
    source.isRunning = true;
    source.takesWrites = false;
    const seen = await members.probe();
    const plain = planRejoin(seen, 'source');
    expect(plain).toMatchObject({ verdict: 'refused' });
    const obstacles = await members.copyObstacles(seen);
    const copied = planRejoin(seen, 'source', { discard: true, obstacles });
    expect(copied).toMatchObject({
      verdict: 'refused',
      reasons: expect.arrayContaining([expect.stringContaining('toy-copy')]),
    });
  });

  it('is named by URLs like any other, and refused like any other', async () => {
    await expect(openDirectConnection('toy://app:secret@127.0.0.1:7999/notes')).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: 'The database server at 127.0.0.1:7999 refuses connections: is it running?',
    });
    expect(() => addressAt('toyz://app:secret@127.0.0.1/notes')).toThrow(
      'must start with mysql:// or mariadb:// or postgresql:// or postgres:// or toy://, not toyz://',
    );
  });
});
