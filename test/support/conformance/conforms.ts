/** What every kind of server has to do, whatever its servers are like: written once against the interface, run on each kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Position } from '../../../src/consistency/position.ts';
import { PositionCodec } from '../../../src/consistency/position-codec.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Connection } from '../../../src/servers/connection.ts';
import type { Flavour } from '../../../src/servers/flavour.ts';
import { flavours } from '../../../src/servers/flavours.ts';
import { until } from '../until.ts';
import { mirrorConforms } from './mirror-conforms.ts';
import { schemaConforms } from './schema-conforms.ts';
import { type Name, names, type Stage } from './stage.ts';
import { writesConform } from './writes-conform.ts';

export function conforms(flavour: Flavour, openStage: () => Promise<Stage>): void {
  const { driver, control, commits } = flavour;
  let stage: Stage;
  const open: Connection[] = [];

  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.destroy()));
    await stage?.stop();
  });

  const connect = async (name: Name): Promise<Connection> => {
    const connection = await stage.connect(name);
    connection.on('error', () => undefined);
    open.push(connection);
    return connection;
  };
  /** The position of a commit, as its own connection is told. */
  const committed = async (connection: Connection, work: () => Promise<unknown>): Promise<Position | null> => {
    const before = await commits.ask(connection);
    await connection.query(stage.begin);
    await work();
    await connection.query(stage.commit);
    const answer = await commits.ask(connection);
    if (answer === undefined) throw new Error('nothing was answered behind a commit');
    const own = commits.own(answer, before);
    if (typeof own === 'string') throw new Error(own);
    return own;
  };
  const written = async (connection: Connection, name: string, value: string): Promise<Position> => {
    const position = await committed(connection, () => stage.set(connection, name, value));
    if (position === null) throw new Error('a write has no position');
    return position;
  };
  const placeOf = (name: Name) => {
    const { host, port } = stage.addressOf(name);
    return { host, port, account: stage.account, encrypted: false };
  };
  const fault = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) throw new Error(`nothing went wrong: ${String(error)}`);
    return error;
  };
  const reached = (connection: Connection, position: Position, timeoutMs: number) =>
    flavour.questions(systemClock).waitFor(connection, position, timeoutMs);

  describe('a connection', () => {
    it('is known by its kind, and taken for its own by no other', async () => {
      const connection = await connect('source');
      expect(flavour.isBehind(connection)).toBe(true);
      const others = Object.values(flavours).filter((other) => other.name !== flavour.name);
      expect(others.filter((other) => other.isBehind(connection))).toEqual([]);
      expect(driver.keyOf(connection)).toBe(driver.keyOf(connection));
      expect(driver.keyOf(connection)).not.toBe(driver.keyOf(await connect('source')));
    });

    it('tells whether it is in a transaction, and its session has a number of its own', async () => {
      const [one, two] = [await connect('source'), await connect('source')];
      await one.query(driver.nothing);
      expect([driver.isInTransaction(one), driver.isAutocommitting(one)]).toEqual([false, true]);
      await one.query(stage.begin);
      await one.query(driver.nothing);
      expect(driver.isInTransaction(one)).toBe(true);
      await one.query(stage.rollback);
      expect(driver.isInTransaction(one)).toBe(false);
      expect(flavour.proofs.sessionOf(one)).not.toBeNull();
      expect(flavour.proofs.sessionOf(one)).not.toBe(flavour.proofs.sessionOf(two));
    });
  });

  describe('a commit', () => {
    it('has a position that includes the one before, and that the source includes at once', async () => {
      const connection = await connect('source');
      const first = await written(connection, 'a', '1');
      const second = await written(connection, 'a', '2');
      expect([second.includes(first), first.includes(second), first.isEmpty()]).toEqual([true, false, false]);
      expect(second.missingIn(first)).not.toEqual([]);
      const { reached: now } = await flavour.questions(systemClock).readPosition(await connect('source'), 'SOURCE');
      expect(now.includes(second)).toBe(true);
    });

    it('of nothing has none, or one that the source has had already', async () => {
      const connection = await connect('source');
      await written(connection, 'a', '3');
      const asking = await connect('source');
      const nothing = await committed(connection, () => stage.get(connection, 'a'));
      // Asked afterwards: a log may grow by what the server writes for itself.
      const { position } = await control.probe(asking);
      expect(nothing === null || position.includes(nothing)).toBe(true);
    });

    it('has a position that survives being written down', async () => {
      const position = await written(await connect('source'), 'a', '4');
      const codec = new PositionCodec([flavour.positions]);
      const text = codec.writeText(position);
      expect(codec.readText(text).equals(position)).toBe(true);
      expect(flavour.positions.parse(position.line()).equals(position)).toBe(true);
      expect(flavour.positions.empty.includes(position)).toBe(false);
    });
  });

  describe('a replica', () => {
    it('is waited for until it has a position, and shows what belongs to it', async () => {
      const position = await written(await connect('source'), 'b', '1');
      const replica = await connect('replica-1');
      const answer = await reached(replica, position, 30_000);
      expect([answer.applying, answer.reached.includes(position)]).toEqual([true, true]);
      expect(await stage.get(replica, 'b')).toBe('1');
    });

    it('that does not apply is not waited for beyond the deadline, and lacks it', async () => {
      await stage.hold('replica-1');
      const source = await connect('source');
      const position = await written(source, 'b', '2');
      const replica = await connect('replica-1');
      const answer = await reached(replica, position, 50);
      expect([answer.applying, answer.reached.includes(position)]).toEqual([false, false]);
      expect(position.countMissingIn(answer.reached)).toBeGreaterThan(0n);
      const [there, here] = [await flavour.readHistory(source), await flavour.readHistory(replica)];
      expect([there.logged.judge(position), here.logged.judge(position)]).toEqual(['INCLUDED', 'LACKING']);
      await stage.release('replica-1');
      expect((await reached(replica, position, 30_000)).reached.includes(position)).toBe(true);
    });

    it('is told from the source by a probe', async () => {
      const position = await written(await connect('source'), 'b', '3');
      const probes = await Promise.all(
        names.map(async (name) => {
          const connection = await connect(name);
          if (name !== 'source') await reached(connection, position, 30_000);
          return flavour.questions(systemClock).probe(connection);
        }),
      );
      expect(probes.map(({ readOnly, applier }) => [readOnly, applier])).toEqual([
        [false, 'NONE'],
        [true, 'RUNNING'],
        [true, 'RUNNING'],
      ]);
      expect(new Set(probes.map(({ identity }) => identity)).size).toBe(3);
      expect(probes.map((probe) => probe.position.includes(position))).toEqual([true, true, true]);
      const epochs = await Promise.all(names.map(async (name) => flavour.epochs.read(await connect(name))));
      expect(epochs.map((record) => record === null)).toEqual([false, false, false]);
      expect(await flavour.readIdentity(await connect('source'))).toBe(probes[0]?.identity);
    });

    it('tells with a read how far it has come, and never less than what the read saw', async () => {
      const position = await written(await connect('source'), 'b', '4');
      const replica = await connect('replica-1');
      await reached(replica, position, 30_000);
      const settings = { connectionsPerNode: 2, acquireTimeoutMs: 30_000, statementTimeoutMs: 30_000 };
      const greeting = { ownClock: systemClock, ms: 30_000 };
      const { pool, cut } = driver.openPool(stage.addressOf('replica-1'), settings, greeting);
      const pooled = await pool.getConnection();
      expect(flavour.isBehind(pooled)).toBe(true);
      const reads = flavour.readsAndPositions();
      for (let time = 0; time < 3; time += 1) {
        const { answer, positions } = await reads.read(pooled, stage.getting('b'), undefined);
        expect(stage.valueIn(answer)).toBe('4');
        if (positions === null) continue;
        expect(positions.observed.includes(position)).toBe(true);
        expect(positions.observed.includes(positions.reached)).toBe(true);
      }
      await pooled.release();
      await pool.end();
      cut();
    });

    it('refuses a write, and says why', async () => {
      const replica = await connect('replica-1');
      expect((await flavour.refusedBy(replica)).length).toBeGreaterThan(0);
      expect(await flavour.refusedBy(await connect('source'))).toEqual([]);
    });
  });

  it('shows one state in a snapshot, and tells which', async () => {
    const source = await connect('source');
    const before = await written(source, 'c', '1');
    const reading = await connect('source');
    const { observed } = await flavour.beginSnapshot(reading);
    expect(observed.includes(before)).toBe(true);
    await reading.query(stage.rollback);
  });

  describe('what goes wrong', () => {
    it('is told by the driver: a connection that is ended', async () => {
      const [victim, other] = [await connect('source'), await connect('source')];
      const session = flavour.proofs.sessionOf(victim);
      await flavour.proofs.endSession(other, session ?? 0);
      const error = await fault(victim.query(driver.nothing));
      expect([driver.faults.owns(error), driver.faults.faultOf(error)]).toEqual([true, 'CONNECTION']);
    });

    it('is told by the driver: a table that is not there', async () => {
      const connection = await connect('source');
      const error = await fault(flavour.checks.read(connection, 'nowhere', ['a']));
      expect(driver.faults.isNoTable(error)).toBe(true);
      expect([driver.faults.faultOf(error), driver.faults.unableBy(error)]).toEqual(['ABSENT', 'TABLE_MISSING']);
      expect(driver.faults.wordOf(error)).toMatch(/^\w+$/);
      await flavour.checks.read(connection, stage.table.name, [stage.table.column]);
      expect(flavour.checks.grant(['SELECT'], 'shop', 'nowhere', 'somebody')).toContain('nowhere');
    });

    it('is no other fault: an error of another kind', () => {
      for (const error of [new Error('x'), Object.assign(new Error('x'), { errno: 1146, code: '42P01' })]) {
        expect(driver.faults.owns(error)).toBe(false);
      }
    });
  });

  describe('a transaction of unknown outcome', () => {
    const mark = { writer: '42', number: 7 };

    it('is found open, then committed', async () => {
      const [writing, asking] = [await connect('source'), await connect('source')];
      const session = flavour.proofs.sessionOf(writing) ?? 0;
      const probe = () => flavour.proofs.probe(asking, { ...mark, session });
      await writing.query(stage.begin);
      await stage.set(writing, 'd', '1');
      await writing.query(flavour.proofs.statement(mark));
      await until('it is at rest', async () => (await probe()).session === 'AT_REST');
      expect((await probe()).mark).toBe('LOCKED');
      await writing.query(stage.commit);
      expect((await probe()).mark).toBe('7');
      expect((await probe()).upS).toBeGreaterThanOrEqual(0);
    });

    it('is not found rolled back if it is committed between two statements of the probe', async () => {
      const [writing, asking] = [await connect('source'), await connect('source')];
      const session = flavour.proofs.sessionOf(writing) ?? 0;
      for (let before = 1; ; before++) {
        const own = { writer: String(100 + before), number: 9 };
        await writing.query(stage.begin);
        await writing.query(flavour.proofs.statement(own));
        let sent = 0;
        const query: Connection['query'] = async (...asked) => {
          sent += 1;
          if (sent === before) await writing.query(stage.commit);
          return asking.query(...asked);
        };
        const { mark: seen } = await flavour.proofs.probe(queriedBy(asking, query), { ...own, session });
        expect(['9', 'LOCKED'], `committed before statement ${before}`).toContain(seen);
        if (sent < before) return writing.query(stage.rollback);
      }
    });

    it('is found rolled back once its session is ended', async () => {
      const [writing, asking] = [await connect('source'), await connect('source')];
      const session = flavour.proofs.sessionOf(writing) ?? 0;
      await writing.query(stage.begin);
      await stage.set(writing, 'd', '2');
      await writing.query(flavour.proofs.statement({ ...mark, number: 8 }));
      await flavour.proofs.endSession(asking, session);
      const probe = () => flavour.proofs.probe(asking, { ...mark, session });
      await until('it is gone', async () => (await probe()).session === 'GONE' && (await probe()).mark !== 'LOCKED');
      expect((await probe()).mark).toBe('7');
      expect(await stage.get(asking, 'd')).toBe('1');
    });
  });

  writesConform(flavour, { stage: () => stage, connect });
  const { mirrorSide, migrations } = flavour;
  if (migrations !== null) schemaConforms(flavour, migrations, { stage: () => stage, connect });
  if (mirrorSide !== null) mirrorConforms(flavour, mirrorSide, { stage: () => stage, connect });

  describe('the record of promotions', () => {
    it('is kept in a transaction, and read on every server', async () => {
      const source = await connect('source');
      const end = await written(source, 'e', '1');
      const newest = await flavour.epochs.lockNewest(source);
      await flavour.epochs.begin(source);
      expect(await flavour.epochs.lockNewest(source)).toBe(newest);
      await flavour.epochs.insert(source, { epoch: newest + 1, sourceId: 'someone', endOfPrevious: end });
      await source.query(stage.commit);
      await until('the replica has it', async () => {
        const { epochs } = await control.probe(await connect('replica-1'));
        const last = epochs?.at(-1);
        return last?.epoch === newest + 1 && last.sourceId === 'someone' && last.endOfPrevious?.equals(end) === true;
      });
    });
  });

  describe('a promotion by hand', () => {
    it('is done by what the administrator may say', async () => {
      const last = await written(await connect('source'), 'f', 'before');
      const [source, first, second] = [await connect('source'), await connect('replica-1'), await connect('replica-2')];
      for (const replica of [first, second]) await reached(replica, last, 30_000);
      expect(await control.hasAllTransactions(source)).toBe(true);
      await control.refuseWrites(source);
      expect((await control.probe(source)).readOnly).toBe(true);
      await control.stopReceiving(first);
      await control.startApplying(first).catch(() => undefined);
      await control.stopReplicating(first, { forget: true });
      await control.acceptWrites(first);
      const facts = await control.probe(first);
      expect([facts.readOnly, facts.receiver, facts.position.includes(last)]).toEqual([false, 'NONE', true]);
      const { host, port } = stage.addressOf('replica-1');
      const place = { host, port };
      await control.follow(second, { ...place, account: stage.account, encrypted: false });
      const after = await written(first, 'f', 'after');
      expect(after.includes(last) || (await control.probe(first)).position.includes(last)).toBe(true);
      await until('the other replica has it', async () => (await control.probe(second)).position.includes(after));
      expect(await stage.get(second, 'f')).toBe('after');
      expect((await control.probe(second)).follows).toEqual(place);
    });

    it('takes the old source along, or says that an operator has to on its host', async () => {
      const { stepsDown } = flavour.capabilities.byStatements;
      if (!stepsDown) return;
      const [source, first] = [await connect('source'), await connect('replica-1')];
      await control.follow(source, placeOf('replica-1'));
      const position = await written(first, 'f', 'for all');
      await until('the old source has it', async () => (await control.probe(source)).position.includes(position));
    });

    it('copies the data of one to another, or says what does', async () => {
      const { copies, copyTools } = flavour.capabilities.byStatements;
      const first = await connect('replica-1');
      const obstacles = await control.copyObstacles(first, stage.database);
      expect(copyTools).not.toBe('');
      if (!copies) {
        expect(obstacles).not.toEqual([]);
        return;
      }
      expect(obstacles).toEqual([]);
      const [from, to, probing] = [await connect('replica-1'), await connect('replica-2'), await connect('replica-1')];
      await control.stopReplicating(to, { forget: true });
      const tables: string[] = [];
      await control.copy({
        source: from,
        target: to,
        database: stage.database,
        positionOfSource: async () => (await control.probe(probing)).position,
        onTable: (table) => tables.push(table),
      });
      expect(tables).toContain(stage.table.name);
      const copied = await connect('replica-2');
      await control.refuseWrites(copied);
      await control.follow(copied, placeOf('replica-1'));
      const position = await written(first, 'g', 'behind the copy');
      await until('the copy follows', async () => (await control.probe(copied)).position.includes(position));
      expect(await stage.get(copied, 'f')).toBe('for all');
    });
  });
}

/** The connection itself but for one method: a kind of server may keep what is its own in private fields. */
function queriedBy(connection: Connection, query: Connection['query']): Connection {
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
