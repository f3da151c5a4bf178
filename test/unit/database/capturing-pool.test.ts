import { EventEmitter } from 'node:events';
import { SqlError } from 'mariadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { CapturingPool } from '../../../src/database/clients/capturing-pool.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { WriteCapture } from '../../../src/database/write/write-capture.ts';
import type { ConnectionPool, PooledConnection } from '../../../src/servers/connection.ts';
import { mariadbStatements } from '../../../src/servers/mariadb/statements.ts';
import { familyDriver } from '../../../src/servers/mysql-family/driver.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

const sqlError = (errno: number, fatal = false) =>
  Object.assign(new SqlError('in the words of the driver'), { errno, fatal });

/** A driver's connection of a MariaDB server that answers what a test scripts. */
class ScriptedConnection {
  readonly sent: string[] = [];
  readonly info = { isMariaDB: () => true };
  released = 0;
  failing: Error | null = null;
  #sequence = 0;

  readonly query = async (statement: string | { sql: string }): Promise<unknown> => {
    const sql = typeof statement === 'string' ? statement : statement.sql;
    this.sent.push(sql);
    if (sql.startsWith('SELECT @@last_gtid')) {
      return [{ own: this.#sequence === 0 ? '' : `0-1-${this.#sequence}`, logs: 1 }];
    }
    await allSettled();
    if (this.failing !== null) throw this.failing;
    if (!/^(SELECT|BEGIN|ROLLBACK)/.test(sql)) this.#sequence += 1;
    return [];
  };
  readonly execute = (statement: string | { sql: string }): Promise<unknown> => {
    this.prepared += 1;
    return this.query(statement);
  };
  prepared = 0;
  readonly on = () => this;
  readonly off = () => this;
  readonly release = async () => {
    this.released += 1;
  };
}

class ScriptedPool extends EventEmitter {
  readonly connections: ScriptedConnection[] = [];
  /** Set, nobody gets a connection before it resolves. */
  held: Promise<void> | null = null;
  ended = 0;

  async getConnection(): Promise<ScriptedConnection> {
    await this.held;
    const connection = new ScriptedConnection();
    this.connections.push(connection);
    return connection;
  }

  idleConnections(): number {
    return 0;
  }

  async end(): Promise<void> {
    this.ended += 1;
  }
}

let driver: ScriptedPool;
let losses: string[];
let clock: TickingClock;
let pool: CapturingPool;
let isThere: boolean;
let scope: DatabaseScope;

beforeEach(() => {
  driver = new ScriptedPool();
  losses = [];
  clock = new TickingClock();
  isThere = false;
  scope = new DatabaseScope('orders');
  pool = new CapturingPool(driver as unknown as ConnectionPool, {
    learnPositions: true,
    proveCommits: true,
    scope,
    driver: familyDriver,
    cut: () => undefined,
    clock,
    ownClock: clock,
    acquireTimeoutMs: 1000,
    onConnectionLost: (trouble) => losses.push(trouble),
    isThere: async () => isThere,
    commitPatienceMs: () => 5000,
  });
});

const connect = async (): Promise<[PooledConnection, ScriptedConnection]> => {
  const wrapped = await pool.getConnection();
  return [wrapped, driver.connections.at(-1) as ScriptedConnection];
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('a commit', () => {
  it('is followed at once by the question for its position', async () => {
    const capture = new WriteCapture();
    await scope.writing(capture, async () => {
      const [wrapped, connection] = await connect();
      const committing = wrapped.query({ sql: 'COMMIT' });
      expect(connection.sent).toEqual(['COMMIT', mariadbStatements.afterCommit]);
      await committing;
    });
    expect(capture.state).toBe('COMMITTED');
  });

  it.each([
    ['a deadlock', sqlError(1213), 'OPEN'],
    ['a server that is read-only', sqlError(1290), 'OPEN'],
    ['a connection that was closed before', sqlError(45_013, true), 'OPEN'],
    ['a lost connection', sqlError(45_009, true), 'COMMITTING'],
    ['an interrupted statement', sqlError(1317), 'COMMITTING'],
    ['a timeout of the statement', sqlError(1969), 'COMMITTING'],
    ['an error in the commit', sqlError(1180), 'COMMITTING'],
  ])('that met %s leaves the write as known as it is', async (_, failing, state) => {
    const capture = new WriteCapture();
    await scope.writing(capture, async () => {
      const [wrapped, connection] = await connect();
      connection.failing = failing;
      expect(await rejection(wrapped.query({ sql: 'COMMIT' }))).toBe(failing);
    });
    expect(capture).toMatchObject({ state, position: null });
  });
});

describe('a single write', () => {
  it('is asked for its position only after it: it may have to be prepared first', async () => {
    const capture = new WriteCapture();
    await scope.writing(capture, async () => {
      const writing = pool.execute('UPDATE t SET a = 1');
      await allSettled();
      expect(driver.connections[0]?.sent).toEqual(['UPDATE t SET a = 1']);
      await writing;
    });
    expect(driver.connections[0]?.sent).toEqual(['UPDATE t SET a = 1', mariadbStatements.afterCommit]);
    expect([capture.state, capture.position?.format()]).toEqual(['COMMITTED', '0-1-1']);
    expect(driver.connections[0]?.released).toBe(1);
  });

  it('gives its connection back also when it fails', async () => {
    const failing = Promise.resolve().then(() => {
      const connection = driver.connections[0];
      if (connection !== undefined) connection.failing = sqlError(1062);
    });
    const writing = scope.writing(new WriteCapture(), () => pool.execute('INSERT INTO t VALUES (1)'));
    await failing;
    for (const connection of driver.connections) connection.failing = sqlError(1062);
    expect(await rejection(writing)).toMatchObject({ errno: 1062 });
    expect(driver.connections[0]?.released).toBe(1);
  });
});

describe('a transaction', () => {
  it('belongs to the work that began it, in whatever scope its statements are sent', async () => {
    const [mine, others] = [new WriteCapture(), new WriteCapture()];
    const [wrapped, connection] = await scope.writing(mine, connect);
    connection.failing = sqlError(1213);
    await scope.writing(others, async () => {
      expect(scope.capture).toBe(others);
      await rejection(wrapped.execute('UPDATE t SET a = 1'));
    });
    expect([mine.fault, others.fault]).toEqual(['DEADLOCK', null]);
    connection.failing = null;
    await scope.writing(others, async () => wrapped.query({ sql: 'COMMIT' }));
    expect([mine.state, others.state]).toEqual(['COMMITTED', 'OPEN']);
  });

  it('that is not captured stays out of the captures around it', async () => {
    const [wrapped, connection] = await connect();
    const others = new WriteCapture();
    connection.failing = sqlError(1213);
    await scope.writing(others, async () => {
      await rejection(wrapped.execute('UPDATE t SET a = 1'));
      await rejection(wrapped.query({ sql: 'COMMIT' }));
    });
    expect(others).toMatchObject({ state: 'OPEN', fault: null });
  });
});

describe('a text that may hold several statements', () => {
  it('is prepared, which servers refuse for more than one', async () => {
    await pool.query({ sql: 'SELECT 1; DROP TABLE orders' });
    expect(driver.connections[0]?.prepared).toBe(1);
    const [wrapped, connection] = await connect();
    await wrapped.query('SELECT 1; DROP TABLE orders');
    expect(connection.prepared).toBe(1);
    await wrapped.query('SELECT 1');
    expect(connection.prepared).toBe(1);
  });
});

describe('a node that is down', () => {
  it('sends those away who wait for a connection, and takes no notice of what comes too late', async () => {
    let open: () => void = () => undefined;
    driver.held = new Promise((resolve) => {
      open = resolve;
    });
    const reading = rejection(pool.query('SELECT 1'));
    await allSettled();
    pool.refuseWaiting();
    expect(await reading).toMatchObject({ message: 'The node is down' });
    expect(pool.faultsMet('CONNECTION')).toBe(1);
    expect(losses).toEqual([]);
    open();
    await allSettled();
    expect(driver.connections.map(({ released, sent }) => [released, sent.length])).toEqual([[1, 0]]);
  });

  it('is reported once for each connection that is lost', async () => {
    const [wrapped, connection] = await connect();
    connection.failing = sqlError(45_009, true);
    await rejection(wrapped.query('SELECT 1'));
    expect(losses).toEqual(['lost the connection']);
  });
});

describe('the end of a pool', () => {
  it('does not wait longer than a moment', async () => {
    driver.end = () => new Promise(() => undefined);
    const ending = pool.end();
    await clock.tick(1000);
    await ending;
    expect(clock.timers).toBe(0);
  });
});
