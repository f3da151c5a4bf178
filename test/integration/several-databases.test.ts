import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrismaClient } from '../../prisma/generated/orders/client.ts';
import { writableSource } from '../../src/cluster/cluster-snapshot.ts';
import type { Flavour, Position } from '../../src/consistency/position.ts';
import { emptySession, requireSource } from '../../src/consistency/session.ts';
import { TokenCodec } from '../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../src/consistency/token-keyring.ts';
import { type Asked, openPrismaEngine } from '../../src/database/engine/prisma-engine.ts';
import { DatabaseReadOnlyError, WriteContendedError } from '../../src/database/errors.ts';
import { PrometheusMetrics } from '../../src/http/prometheus.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { positions } from '../../src/servers/known-flavours.ts';
import { defaultEngine, migrateOrders, newOrder } from '../support/engine.ts';
import { parsePosition } from '../support/positions.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

/** Three databases of one process, each on servers of its own. The first has a replica. */
const names = ['stock', 'sales', 'staff'] as const;
type Name = (typeof names)[number];
/** In each database one order tells by its currency whose it is. */
const currencies = { stock: 'EUR', sales: 'USD', staff: 'GBP' } as const;
const tokenKeys = [{ id: 'first', secret: 'several-databases-of-one-process' }];
const registry = new PrometheusMetrics({ clock: systemClock });

type Place = {
  readonly name: Name;
  readonly cluster: TestCluster;
  readonly flavour: Flavour;
  readonly admin: Connection;
  readonly engine: Awaited<ReturnType<typeof openEngine>>;
};
let places: Readonly<Record<Name, Place>>;

function openEngine(name: Name, cluster: TestCluster) {
  const { source, replicas } = cluster.urls();
  return openPrismaEngine({
    source,
    replicas,
    clusterId: name,
    tokenKeys,
    makeClient: ({ adapter }) => new PrismaClient({ adapter }),
    settings: { ...defaultEngine, metrics: registry },
  });
}

const takeSteps = (steps: number) => `INSERT INTO steps VALUES ${Array(steps).fill('(NULL)').join(', ')}`;

async function openPlace(name: Name): Promise<Place> {
  const cluster = await startTestCluster({ replicas: name === 'stock' ? 1 : 0 });
  await migrateOrders(cluster);
  const admin = await cluster.admin('source');
  // Each history has numbers that the others have not: whatever slips into another's position shows.
  await admin.query('CREATE TABLE steps (step INT AUTO_INCREMENT PRIMARY KEY)');
  for (let step = 0; step < names.indexOf(name) * 40; step += 1) await admin.query(takeSteps(1));
  const engine = await openEngine(name, cluster);
  // On a busy machine the first probe may be too early, and an engine does not wait for its source.
  await until(`the source of ${name}`, async () => writableSource(engine.database.cluster.snapshot()) !== undefined);
  await engine.write((tx) =>
    tx.order.create({ data: { ...newOrder(), number: 'origin', currency: currencies[name] } }),
  );
  return { name, cluster, flavour: cluster.cluster.flavour, admin, engine };
}

beforeAll(async () => {
  const [stock, sales, staff] = await Promise.all([openPlace('stock'), openPlace('sales'), openPlace('staff')]);
  places = { stock, sales, staff };
});
afterAll(async () => {
  for (const { engine, admin, cluster } of Object.values(places)) {
    await engine.stop();
    await admin.end();
    await cluster.stop();
  }
});

const nestings: readonly (readonly [Name, Name, Name])[] = names.flatMap((outer) =>
  names.flatMap((middle) =>
    names.flatMap((inner): [Name, Name, Name][] =>
      new Set([outer, middle, inner]).size === 3 ? [[outer, middle, inner]] : [],
    ),
  ),
);

/** How far the source of a database has come, as it says itself. */
async function positionNow({ admin, flavour }: Place): Promise<Position> {
  const [row] = await admin.query(
    `SELECT @@GLOBAL.${flavour === 'mysql' ? 'gtid_executed' : 'gtid_binlog_pos'} AS now`,
  );
  return parsePosition(flavour, String(row.now));
}

function positionIn(place: Place, token: string | null): Position {
  const { name: clusterId, flavour } = place;
  const codec = new TokenCodec({ keyring: new TokenKeyring(tokenKeys), positions, clusterId, flavour: () => flavour });
  const position = token === null ? null : codec.decode(token, systemClock.now())[0]?.position;
  if (position == null) throw new Error(`No position of ${clusterId}`);
  return position;
}

/** What was written there since `before`, and nothing that is not of this database. */
async function expectOwnPosition(place: Place, token: string | null, before: Position): Promise<void> {
  const position = positionIn(place, token);
  expect(before.includes(position), `${place.name} has moved on`).toBe(false);
  expect((await positionNow(place)).includes(position), `${place.name} has all of ${position.format()}`).toBe(true);
}

async function isThere({ admin }: Place, number: string): Promise<boolean> {
  const [row] = await admin.query('SELECT COUNT(*) AS found FROM orders WHERE number = ?', [number]);
  return Number(row.found) === 1;
}

type Reading = { readonly order: PrismaClient['order'] };
const currencyIn = async (client: Reading) =>
  (await client.order.findUniqueOrThrow({ where: { number: 'origin' } })).currency;
const strong: Asked = { level: 'STRONG' };

/** What the process counts of a database. */
async function counted(database: Name, name: string, ...labels: readonly string[]): Promise<number> {
  const own = [`database="${database}"`, ...labels];
  const lines = (await registry.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
  const fitting = lines.filter((line) => own.every((label) => line.includes(label)));
  return fitting.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const intent = { level: 'STRONG', whenBehind: 'WAIT', waitMs: 1000, maxStalenessMs: null } as const;
const openSnapshot = ({ name, engine }: Place) =>
  engine.database.openSession({ session: emptySession(name, 1), intent, writes: false, snapshot: true });

/** Commits on connections that belong to no write, as the work of an engine itself does. */
async function commitBeside(place: Place): Promise<void> {
  await place.engine.database.onSource(async (connection) => {
    await connection.query('BEGIN');
    await connection.query(takeSteps(1));
    await connection.query('COMMIT');
  });
  const snapshot = openSnapshot(place);
  await snapshot.run(async () => currencyIn(snapshot.client));
  snapshot.end();
}

async function writeNested(nesting: readonly [Name, Name, Name]) {
  const [outer, middle, inner] = nesting.map((name) => places[name]) as [Place, Place, Place];
  const data = [newOrder(), newOrder(), newOrder()] as const;
  const seen: boolean[][] = [];
  const probe = async () =>
    seen.push([
      await isThere(outer, data[0].number),
      await isThere(middle, data[1].number),
      await isThere(inner, data[2].number),
    ]);
  const tokens: (string | null)[] = [];
  const written = await outer.engine.write(async (first) => {
    const { id } = await first.order.create({ data: data[0] });
    const second = await middle.engine.write(async (tx) => {
      await tx.order.create({ data: data[1] });
      const third = await inner.engine.write(async (last) => {
        // The transactions around this one are used on, from within.
        await first.order.update({ where: { id }, data: { version: 2 } });
        await tx.order.updateMany({ where: { number: data[1].number }, data: { version: 2 } });
        return last.order.create({ data: data[2] });
      });
      tokens[2] = third.token;
      await probe();
    });
    tokens[1] = second.token;
    for (const place of [outer, middle, inner]) await commitBeside(place);
    await probe();
    return first.order.update({ where: { id }, data: { version: 3 } });
  });
  tokens[0] = written.token;
  await probe();
  return { written, tokens, seen };
}

describe('writes inside writes', () => {
  it.each(nestings)(
    '%s, in it %s, in it %s: each is committed by its own, and tells its own position',
    async (...nesting) => {
      const before = await Promise.all(nesting.map((name) => positionNow(places[name])));
      const { written, tokens, seen } = await writeNested(nesting);
      expect(seen).toEqual([
        [false, false, true],
        [false, true, true],
        [true, true, true],
      ]);
      expect(written.value.version).toBe(3);
      for (const [index, name] of nesting.entries()) {
        await expectOwnPosition(places[name], tokens[index] ?? null, before[index] as Position);
      }
    },
  );

  it('and all orders at once', async () => {
    const before = {
      stock: await positionNow(places.stock),
      sales: await positionNow(places.sales),
      staff: await positionNow(places.staff),
    };
    const all = await Promise.all(nestings.map(async (nesting) => ({ nesting, ...(await writeNested(nesting)) })));
    for (const { nesting, tokens } of all) {
      for (const [index, name] of nesting.entries())
        await expectOwnPosition(places[name], tokens[index] ?? null, before[name]);
    }
  });

  it('that fail leave nothing behind but what others have committed, and say why in their own words', async () => {
    for (const [outer, middle] of nestings) {
      const [kept, lost] = [newOrder(), newOrder()];
      const writing = places[outer].engine.write(async (tx) => {
        await tx.order.create({ data: lost });
        await places[middle].engine.write((own) => own.order.create({ data: kept }));
        for (const name of [outer, middle]) await commitBeside(places[name]);
        throw new RangeError('no');
      });
      await expect(writing).rejects.toThrow(new RangeError('no'));
      expect([await isThere(places[outer], lost.number), await isThere(places[middle], kept.number)]).toEqual([
        false,
        true,
      ]);
    }
  });
});

/** What a token says of each database, whoever asks. */
function partsOf(token: string | null): Readonly<Record<string, string | undefined>> {
  const codec = new TokenCodec({
    keyring: new TokenKeyring(tokenKeys),
    positions,
    clusterId: 'nobody',
    flavour: () => null,
  });
  const parts = codec.decode(token ?? '', systemClock.now()).flatMap(({ others = [] }) => others);
  return Object.fromEntries(parts.map(({ clusterId, position }) => [clusterId, position?.line()]));
}

describe('one token for all of them', () => {
  it.each(nestings)(
    'is what writes to %s, in it %s, in it %s have seen: each part is of its own database',
    async (...nesting) => {
      const before = await Promise.all(nesting.map((name) => positionNow(places[name])));
      const { tokens } = await writeNested(nesting);
      const brought = tokens.map((token) => token ?? '');
      const [outer, middle, inner] = nesting.map((name) => places[name]) as [Place, Place, Place];
      const shared = (await inner.engine.read(currencyIn, { tokens: brought })).token;
      for (const [index, name] of nesting.entries()) {
        await expectOwnPosition(places[name], shared, before[index] as Position);
        expect(positionIn(places[name], shared).includes(positionIn(places[name], brought[index] ?? ''))).toBe(true);
      }

      // Carried through reads of all of them: what is not of the database that was asked comes back as it was.
      const carried: (string | null)[] = [];
      const read = await outer.engine.read(
        async () => {
          const second = await middle.engine.read(
            async () => {
              const third = await inner.engine.read(currencyIn, { tokens: [shared ?? ''] });
              carried[2] = third.token;
            },
            { tokens: [shared ?? ''] },
          );
          carried[1] = second.token;
        },
        { tokens: [shared ?? ''] },
      );
      carried[0] = read.token;
      for (const [index, name] of nesting.entries()) {
        const others = nesting.filter((other) => other !== name);
        const [now, then] = [partsOf(carried[index] ?? null), partsOf(shared)];
        expect(Object.keys(now).sort()).toEqual([...names].sort());
        for (const other of others) expect(now[other]).toBe(then[other]);
        expect(positionIn(places[name], carried[index] ?? '').includes(positionIn(places[name], shared))).toBe(true);
      }
      expect(String(shared).length).toBeLessThan(600);
    },
  );

  it('lets each read its own writes, and is no reason for another to wait', async () => {
    const { stock, sales } = places;
    const elsewhere = await sales.engine.write((tx) => tx.order.create({ data: newOrder() }));
    const data = newOrder();
    await stock.cluster.stopApplier('replica-1');
    try {
      const untouched = await stock.engine.read(currencyIn, { tokens: [elsewhere.token ?? ''] });
      expect(untouched.decision).toMatchObject({ node: 'replica-1', reason: 'any-replica' });
      const written = await stock.engine.write((tx) => tx.order.create({ data }), { tokens: [elsewhere.token ?? ''] });
      const found = (client: Reading) => client.order.count({ where: { number: data.number } });
      const own = await stock.engine.read(found, { tokens: [written.token ?? ''] });
      expect([own.value, own.decision?.node]).toEqual([1, 'source']);
      const there = await sales.engine.read((client) => client.order.count(), { tokens: [own.token ?? ''] });
      expect(partsOf(there.token).stock).toBe(partsOf(own.token).stock);
      expect((await stock.engine.read(found, { tokens: [there.token ?? ''] })).value).toBe(1);
    } finally {
      await stock.cluster.startApplier('replica-1');
    }
  });

  it('comes back as it was from a database that has nothing to add', async () => {
    const written = await places.sales.engine.write((tx) => tx.order.create({ data: newOrder() }));
    const read = await places.stock.engine.read(currencyIn, { level: 'EVENTUAL', tokens: [written.token ?? ''] });
    expect(read.token).toBe(written.token);
  });

  it('of more databases than it can hold is refused before anything is done', async () => {
    const codec = (clusterId: string) =>
      new TokenCodec({ keyring: new TokenKeyring(tokenKeys), positions, clusterId, flavour: () => null });
    const tokens = Array.from({ length: 12 }, (_, index) => {
      const clusterId = `elsewhere-${index}`;
      return codec(clusterId).encode(requireSource(emptySession(clusterId, 1)));
    });
    let ran = false;
    const writing = places.sales.engine.write(
      async () => {
        ran = true;
      },
      { tokens },
    );
    await expect(writing).rejects.toMatchObject({ code: 'BAD_CONSISTENCY_REQUEST' });
    expect(ran).toBe(false);
    const fewer = await places.sales.engine.write((tx) => tx.order.create({ data: newOrder() }), {
      tokens: tokens.slice(1),
    });
    expect(Object.keys(partsOf(fewer.token))).toHaveLength(12);
  });
});

describe('reads', () => {
  it.each(nestings)(
    'of %s, in it %s, in it %s, are served by their own servers, whichever asks',
    async (...nesting) => {
      const [outer, middle, inner] = nesting.map((name) => places[name]) as [Place, Place, Place];
      const read = await outer.engine.read(async (first) => {
        const before = await currencyIn(first);
        const answered = await middle.engine.read(async (second) => {
          const deepest = await inner.engine.read(
            async (third) => [await currencyIn(first), await currencyIn(second), await currencyIn(third)],
            strong,
          );
          return { deepest, own: await currencyIn(second), others: await currencyIn(first) };
        }, strong);
        return { before, ...answered, after: await currencyIn(first) };
      }, strong);
      const [a, b] = nesting.map((name) => currencies[name]);
      expect(read.value).toMatchObject({ before: a, after: a });
      expect(read.value.value).toEqual({ deepest: expect.anything(), own: b, others: a });
      expect(read.value.value.deepest.value).toEqual(nesting.map((name) => currencies[name]));
    },
  );

  it.each(nestings)('of %s around a write to %s, and in it of %s, see what their database has', async (...nesting) => {
    const [outer, middle, inner] = nesting.map((name) => places[name]) as [Place, Place, Place];
    const before = await positionNow(middle);
    const read = await outer.engine.read(async (client) => {
      const data = newOrder();
      const written = await middle.engine.write(async (tx) => {
        await tx.order.create({ data });
        const within = await inner.engine.read(async (own) => [
          await currencyIn(client),
          await currencyIn(tx),
          await currencyIn(own),
        ]);
        return within.value;
      });
      const after = await middle.engine.read((own) => own.order.count({ where: { number: data.number } }), {
        tokens: [written.token ?? ''],
      });
      return { written, found: after.value };
    });
    expect(read.value.written.value).toEqual(nesting.map((name) => currencies[name]));
    expect(read.value.found).toBe(1);
    await expectOwnPosition(middle, read.value.written.token, before);
  });

  it('are refused outside of a session of their own database, whatever others are open', async () => {
    const { value: client } = await places.stock.engine.read(async (own) => ({ own }));
    const astray = places.sales.engine.read(() => currencyIn(client.own));
    await expect(astray).rejects.toThrow('A read of the database stock was made outside of a session');
  });

  it('go on to a replica where there is one, also within a session that has none', async () => {
    const written = await places.stock.engine.write((tx) => tx.order.create({ data: newOrder() }));
    const within = await places.sales.engine.read(() =>
      places.stock.engine.read((own) => currencyIn(own), { tokens: [written.token ?? ''], waitMs: 20_000 }),
    );
    expect(within.decision).toMatchObject({ node: 'source', role: 'SOURCE' });
    expect(within.value).toMatchObject({ value: 'EUR', decision: { node: 'replica-1', role: 'REPLICA' } });
  });
});

describe('a session of the same database inside a write', () => {
  it('reads beside the transaction, and what it commits is not the write', async () => {
    for (const place of Object.values(places)) {
      const [uncommitted, beside] = [newOrder(), newOrder()];
      const writing = place.engine.write(async (tx) => {
        await tx.order.create({ data: uncommitted });
        const { value } = await place.engine.read(async (client) => {
          await place.engine.write((own) => own.order.create({ data: beside }));
          return client.order.count({ where: { number: uncommitted.number } });
        }, strong);
        const snapshot = openSnapshot(place);
        await snapshot.run(async () => currencyIn(snapshot.client));
        snapshot.end();
        // Its connection is given back behind this.
        for (let time = 0; time < 10; time += 1) await tx.order.count();
        expect(value).toBe(0);
        throw new RangeError('no');
      });
      await expect(writing).rejects.toThrow(new RangeError('no'));
      const there = [uncommitted, beside].map(({ number }) => isThere(place, number));
      expect(await Promise.all(there)).toEqual([false, true]);
    }
  });
});

describe('a snapshot', () => {
  it.each(nestings)(
    'of %s around a write to %s, and of both inside a write to %s, tells what it shows',
    async (...nesting) => {
      const [outer, middle, around] = nesting.map((name) => places[name]) as [Place, Place, Place];
      const data = newOrder();
      const before = { outer: await positionNow(outer), around: await positionNow(around) };
      const numbers = async (client: Reading) => client.order.count({ where: { number: data.number } });
      const written = await around.engine.write(async (tx) => {
        await tx.order.create({ data: newOrder() });
        const [first, own] = [openSnapshot(outer), openSnapshot(around)];
        try {
          return await first.run(async () => {
            const shown = await currencyIn(first.client);
            await outer.engine.write((beside) => beside.order.create({ data }));
            await middle.engine.write((beside) => beside.order.create({ data: newOrder() }));
            const besides = await own.run(async () => currencyIn(own.client));
            return { shown, besides, later: await numbers(first.client), positions: first.snapshotPositions };
          });
        } finally {
          first.end();
          own.end();
        }
      });
      expect(written.value).toMatchObject({
        shown: currencies[outer.name],
        besides: currencies[around.name],
        later: 0,
      });
      const { positions } = written.value;
      expect(before.outer.includes(positions?.observed as Position)).toBe(true);
      await expectOwnPosition(around, written.token, before.around);
    },
  );
});

/** Resolves when a statement of this account waits for a lock. */
async function somebodyWaits({ admin }: Place): Promise<void> {
  await until(
    'a statement that waits for a lock',
    async () => {
      const waiting = await admin.query(
        "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%meets a lock%'",
      );
      return waiting.length > 0;
    },
    { everyMs: 150 },
  );
}

describe('a deadlock', () => {
  /** Meets a transaction that has changed more, once: so it is this one that the server gives up. */
  async function deadlockOnce(
    place: Place,
    first: string,
    second: string,
    write: (number: string) => Promise<unknown>,
  ) {
    await write(first);
    const other = await place.cluster.admin('source');
    try {
      await other.query('BEGIN');
      await other.query(takeSteps(200));
      const raise = 'UPDATE orders SET version = version + 1 /* meets a lock */ WHERE number = ?';
      await other.query(raise, [second]);
      const blocked = other.query(raise, [first]);
      await somebodyWaits(place);
      try {
        await write(second);
      } finally {
        await blocked;
        await other.query('ROLLBACK');
      }
    } finally {
      await other.end();
    }
  }

  it.each(nestings)(
    'of a write to %s around committed writes to %s and %s runs it again, and is no doubt',
    async (...nesting) => {
      const [outer, middle, inner] = nesting.map((name) => places[name]) as [Place, Place, Place];
      const [first, second] = [newOrder(), newOrder()];
      await outer.engine.write((tx) => tx.order.createMany({ data: [first, second] }));
      const before = await positionNow(outer);
      const deadlocks = (place: Place) => counted(place.name, 'tidemark_database_faults_total', 'fault="DEADLOCK"');
      const met = await Promise.all([outer, middle, inner].map(deadlocks));
      const beside: string[] = [];

      let runs = 0;
      const written = await outer.engine.write(async (tx) => {
        runs += 1;
        const touch = (number: string) => tx.order.updateMany({ where: { number }, data: { currency: 'CHF' } });
        await middle.engine.write(async (own) => {
          const data = newOrder();
          beside.push(data.number);
          await own.order.create({ data });
          await inner.engine.write((deep) => deep.order.create({ data: newOrder() }));
        });
        for (const place of [outer, middle, inner]) await commitBeside(place);
        if (runs === 1) await deadlockOnce(outer, first.number, second.number, touch);
        else for (const { number } of [first, second]) await touch(number);
        return runs;
      });
      expect([runs, written.value]).toEqual([2, 2]);
      // What others had committed by then they keep: so each run wrote there.
      expect(await Promise.all(beside.map((number) => isThere(middle, number)))).toEqual([true, true]);
      await expectOwnPosition(outer, written.token, before);
      const now = await Promise.all([outer, middle, inner].map(deadlocks));
      expect(now.map((count, index) => count - (met[index] ?? 0))).toEqual([1, 0, 0]);
    },
  );

  it('of the inner write runs that alone again', async () => {
    for (const [outer, inner] of nestings) {
      const [first, second] = [newOrder(), newOrder()];
      await places[inner].engine.write((tx) => tx.order.createMany({ data: [first, second] }));
      const runs = { outer: 0, inner: 0 };
      await places[outer].engine.write(async (tx) => {
        runs.outer += 1;
        await tx.order.create({ data: newOrder() });
        await places[inner].engine.write(async (own) => {
          runs.inner += 1;
          const touch = (number: string) => own.order.updateMany({ where: { number }, data: { currency: 'CHF' } });
          if (runs.inner === 1) await deadlockOnce(places[inner], first.number, second.number, touch);
        });
      });
      expect(runs).toEqual({ outer: 1, inner: 2 });
    }
  });

  it('that comes back repeatedly is reported for the database that met it', async () => {
    let runs = 0;
    const writing = places.sales.engine.write(async (tx) => {
      runs += 1;
      const [first, second] = [newOrder(), newOrder()];

      await places.staff.engine.write((own) => own.order.create({ data: newOrder() }));
      await places.sales.engine.write((own) => own.order.createMany({ data: [first, second] }));
      await deadlockOnce(places.sales, first.number, second.number, (number) =>
        tx.order.updateMany({ where: { number }, data: { currency: 'CHF' } }),
      );
    });
    await expect(writing).rejects.toBeInstanceOf(WriteContendedError);
    expect(runs).toBe(5);
  });
});

describe('metrics', () => {
  it('of one registry are told apart by database', async () => {
    const decided = (name: Name) => counted(name, 'tidemark_route_decisions_total', 'reason="write-operation"');
    const before = { stock: await decided('stock'), sales: await decided('sales'), staff: await decided('staff') };
    await places.sales.engine.write(async (tx) => {
      await places.staff.engine.write((own) => own.order.create({ data: newOrder() }));
      await places.staff.engine.write((own) => own.order.create({ data: newOrder() }));
      return tx.order.create({ data: newOrder() });
    });
    const grown = names.map(async (name) => (await decided(name)) - before[name]);
    expect(await Promise.all(grown)).toEqual([0, 1, 2]);
    const isUp = async (name: Name) =>
      (await counted(name, 'tidemark_node_state', 'state="HEALTHY"')) === (name === 'stock' ? 2 : 1);
    for (const name of names) await until(`${name} is up`, () => isUp(name));
    for (const name of names) {
      expect(await counted(name, 'tidemark_pool_connections', 'node="source"')).toBeGreaterThan(0);
      expect(await counted(name, 'tidemark_tokens_issued_total', 'position="whole"')).toBeGreaterThan(0);
    }
  });

  it('are of one database by each name, as long as that is open', async () => {
    const { cluster } = places.staff;
    await expect(openEngine('staff', cluster)).rejects.toThrow('database staff is measured by another part');
    const { source } = cluster.urls();
    const open = () =>
      openPrismaEngine({
        source,
        clusterId: 'staff',
        name: 'archive',
        tokenKeys,
        makeClient: ({ adapter }) => new PrismaClient({ adapter }),
        settings: { ...defaultEngine, metrics: registry },
      });
    for (let time = 0; time < 2; time += 1) {
      const archive = await open();
      expect(await archive.read(currencyIn)).toMatchObject({ value: 'GBP' });
      await archive.stop();
    }
    expect(await registry.text()).not.toMatch(/^tidemark_node_state\{.*archive/m);
  });
});

describe('a database that is only read', () => {
  const name = 'legacy';
  let url: string;

  /** A schema without any table of ours, and an account that may read it and no more. */
  beforeAll(async () => {
    const { admin, cluster } = places.staff;
    const { source } = cluster.urls();
    for (const sql of [
      'CREATE DATABASE legacy',
      'CREATE TABLE legacy.orders LIKE orders.orders',
      "INSERT INTO legacy.orders SELECT * FROM orders.orders WHERE number = 'origin'",
      "CREATE USER legacy_reader@'%' IDENTIFIED BY 'only-for-this-test'",
      "GRANT SELECT ON legacy.* TO legacy_reader@'%'",
    ])
      await admin.query(sql);
    url = Object.assign(new URL(source), {
      username: 'legacy_reader',
      password: 'only-for-this-test',
      pathname: '/legacy',
    }).href;
  });

  const open = (source: string, uses = { writes: false, epochs: false }) =>
    openPrismaEngine({
      source,
      clusterId: name,
      tokenKeys,
      uses,
      makeClient: ({ adapter }) => new PrismaClient({ adapter }),
      settings: { ...defaultEngine, metrics: registry },
    });

  it('needs no table of ours, and none is asked for', async () => {
    const { admin } = places.staff;
    await admin.query("SET GLOBAL log_output = 'TABLE'");
    await admin.query('TRUNCATE mysql.general_log');
    await admin.query('SET GLOBAL general_log = ON');
    const legacy = await open(url);
    try {
      const first = await legacy.read(currencyIn);
      expect(first.value).toBe('GBP');
      expect((await legacy.read(currencyIn, { tokens: [first.token ?? ''] })).value).toBe('GBP');
      expect((await legacy.read(currencyIn, strong)).value).toBe('GBP');
    } finally {
      await legacy.stop();
      await admin.query('SET GLOBAL general_log = OFF');
    }
    const [sent] = await admin.query(
      "SELECT COUNT(*) AS all_of_it, SUM(argument REGEXP 'cluster_epochs|commit_proofs|outbox') AS ours FROM mysql.general_log WHERE user_host LIKE '%legacy_reader%' AND command_type = 'Query'",
    );
    expect(Number(sent.all_of_it)).toBeGreaterThan(0);
    expect(Number(sent.ours)).toBe(0);
  });

  it('refuses writes of every form, whatever the account may do', async () => {
    const { admin, cluster } = places.staff;
    const mayWrite = Object.assign(new URL(cluster.adminUrl('source')), { pathname: '/legacy' }).href;
    await admin.query('CREATE PROCEDURE legacy.forget() DELETE FROM legacy.orders');
    const legacy = await open(mayWrite);
    try {
      type Client = Parameters<Parameters<typeof legacy.read>[0]>[0];
      const forms: readonly [string, (client: Client) => Promise<unknown>][] = [
        ['create', (client) => client.order.create({ data: newOrder() })],
        ['updateMany', (client) => client.order.updateMany({ data: { version: 9 } })],
        ['deleteMany', (client) => client.order.deleteMany()],
        ['raw', (client) => client.$executeRawUnsafe('DELETE FROM orders')],
        ['raw, said to read', (client) => client.$queryRawUnsafe('DELETE FROM orders')],
        ['a procedure', (client) => client.$queryRawUnsafe('CALL forget()')],
        ['a transaction', (client) => client.$transaction((tx) => tx.order.deleteMany())],
        ['a batch', (client) => client.$transaction([client.order.deleteMany()])],
      ];
      for (const [form, write] of forms) {
        const refused = await legacy.read(write).catch((error: unknown) => error);
        expect(refused, form).toMatchObject({ code: 'DATABASE_READ_ONLY', facts: { database: name } });
      }
      const writing = legacy.write((tx) => tx.order.create({ data: newOrder() }));
      await expect(writing).rejects.toBeInstanceOf(DatabaseReadOnlyError);
      expect((await legacy.read((client) => client.order.findMany())).value).toMatchObject([
        { number: 'origin', version: 1 },
      ]);
    } finally {
      await legacy.stop();
    }
  });

  it('is read inside a write to another one', async () => {
    const legacy = await open(url);
    try {
      const before = await positionNow(places.staff);
      const written = await places.staff.engine.write(async (tx) => {
        const { value } = await legacy.read(currencyIn);
        return tx.order.create({ data: { ...newOrder(), currency: value } });
      });
      expect(written.value.currency).toBe('GBP');
      await expectOwnPosition(places.staff, written.token, before);
    } finally {
      await legacy.stop();
    }
  });
});

describe('a database that is only written', () => {
  it('is read only by its writes', async () => {
    const { name: clusterId, cluster } = places.sales;
    const sink = await openPrismaEngine({
      source: cluster.urls().source,
      clusterId,
      name: 'sink',
      tokenKeys,
      uses: { reads: false },
      makeClient: ({ adapter }) => new PrismaClient({ adapter }),
      settings: defaultEngine,
    });
    try {
      const { value } = await sink.write(async (tx) => {
        await tx.order.create({ data: newOrder() });
        return currencyIn(tx);
      });
      expect(value).toBe('USD');
      await expect(sink.read(currencyIn)).rejects.toMatchObject({
        code: 'DATABASE_WRITE_ONLY',
        facts: { database: 'sink' },
      });
    } finally {
      await sink.stop();
    }
  });
});
