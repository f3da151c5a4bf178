/** What speaks to servers in memory: its connections and statements are like no other driver's. */
import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import type { Connection, ConnectionPool, PooledConnection, Statement } from '../../../src/servers/connection.ts';
import { textOf } from '../../../src/servers/connection.ts';
import type { AdapterPool, Driver, DriverFaults } from '../../../src/servers/driver.ts';
import type { DriverFault } from '../../../src/servers/driver-fault.ts';
import { ToyError, type ToyServer, ToySession } from './toy-server.ts';

/** The servers of this machine, by their ports. */
export const toyMachine = new Map<number, ToyServer>();

type Listener = (error: Error) => void;

/**
 *   SELECT <name>   a row with the value
 *   UPDATE <name>   sets it to the first parameter
 *   MARK <writer> <number>
 */
export class ToyConnection implements Connection {
  readonly session: ToySession;
  readonly #listeners = new Map<string, Set<Listener>>();
  #isLost = false;

  constructor(server: ToyServer) {
    this.session = new ToySession(server, () => this.lose());
  }

  /** All that is asked of the server passes through here: it takes a moment, and may be the last. */
  async ask<T>(answer: (session: ToySession) => T): Promise<T> {
    this.#check();
    this.session.isAtWork = true;
    this.session.server.timesAsked += 1;
    await Promise.resolve();
    this.session.isAtWork = false;
    this.#check();
    return answer(this.session);
  }

  #check(): void {
    if (this.#isLost) throw new ToyError('CONNECTION_LOST');
  }

  async query<T>(statement: Statement, values?: unknown): Promise<T> {
    return (await this.ask((session) => this.#carriedOut(session, textOf(statement), values))) as T;
  }

  execute<T>(statement: Statement, values?: unknown): Promise<T> {
    return this.query<T>(statement, values);
  }

  #carriedOut(session: ToySession, text: string, values: unknown): unknown {
    const [verb = '', ...words] = text.split(' ');
    const refusal = session.server.refused.get(words[0] ?? '');
    if (refusal !== undefined) throw new ToyError(refusal);
    switch (verb) {
      case 'BEGIN':
        session.pending = [];
        return [];
      case 'ROLLBACK':
        session.pending = null;
        return [];
      case 'COMMIT':
        return this.#commit(session);
      case 'SELECT':
        return [[session.server.row(words[0] ?? '')]];
      case 'UPDATE':
        session.change({ kind: 'row', name: words[0] ?? '', value: String((values as unknown[])[0]) });
        return { affectedRows: 1, insertId: 0 };
      case 'MARK':
        session.change({ kind: 'mark', writer: words[0] ?? '', number: Number(words[1]) });
        return [];
      case 'NOTHING':
        return [];
      default:
        throw new ToyError('NOT_UNDERSTOOD');
    }
  }

  #commit(session: ToySession): unknown {
    const loses = session.server.losesNextCommit;
    session.server.losesNextCommit = null;
    if (loses !== 'COMMIT') session.commit();
    if (loses !== null) {
      this.lose();
      throw new ToyError('CONNECTION_LOST');
    }
    return [];
  }

  lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.session.end();
    for (const listener of this.#listeners.get('error') ?? []) listener(new ToyError('CONNECTION_LOST'));
  }

  async *queryStream(): AsyncIterable<unknown> {}

  ping(): Promise<void> {
    return this.ask(() => undefined);
  }

  async end(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.#isLost = true;
    this.session.end();
  }

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#listeners.get(event)?.delete(listener);
    return this;
  }

  get isLost(): boolean {
    return this.#isLost;
  }
}

async function connect(port: number): Promise<ToyConnection> {
  await Promise.resolve();
  const server = toyMachine.get(port);
  if (server?.isRunning !== true) throw Object.assign(new Error('nobody listens'), { code: 'ECONNREFUSED' });
  return new ToyConnection(server);
}

class ToyPool implements ConnectionPool {
  readonly #port: number;
  readonly #limit: number;
  readonly #idle: ToyConnection[] = [];
  readonly #used = new Set<ToyConnection>();
  readonly #waiting: (() => void)[] = [];

  constructor(port: number, limit: number) {
    this.#port = port;
    this.#limit = limit;
  }

  async getConnection(): Promise<PooledConnection> {
    while (this.#used.size >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let connection = this.#idle.pop();
    while (connection?.isLost === true) connection = this.#idle.pop();
    connection ??= await connect(this.#port);
    const taken = connection;
    this.#used.add(taken);
    const given = () => {
      this.#used.delete(taken);
      this.#waiting.shift()?.();
    };
    return Object.assign(taken, {
      release: async () => {
        given();
        if (!taken.isLost) this.#idle.push(taken);
      },
      destroy: () => {
        given();
        taken.lose();
      },
    });
  }

  async query<T>(statement: Statement, values?: unknown): Promise<T> {
    const connection = await this.getConnection();
    try {
      return await connection.query<T>(statement, values);
    } finally {
      await connection.release();
    }
  }

  execute<T>(statement: Statement, values?: unknown): Promise<T> {
    return this.query<T>(statement, values);
  }

  async end(): Promise<void> {
    this.cut();
  }

  cut(): void {
    for (const connection of [...this.#idle.splice(0), ...this.#used]) connection.lose();
  }

  activeConnections = (): number => this.#used.size;
  idleConnections = (): number => this.#idle.length;
  taskQueueSize = (): number => this.#waiting.length;
}

const faultsByWord: Readonly<Record<string, DriverFault>> = {
  CONNECTION_LOST: 'CONNECTION',
  CLOSED_TO_WRITES: 'READ_ONLY',
  GONE: 'ABSENT',
  NO_RIGHT: 'UNABLE',
};

const faults: DriverFaults = {
  owns: (error) => error instanceof ToyError,
  faultOf: (error) => faultsByWord[wordOf(error)] ?? 'OTHER',
  inWords: () => null,
  connecting: () => null,
  tls: () => null,
  wordOf,
  sentenceOf: () => null,
  unableBy: (error) => ({ GONE: 'TABLE_MISSING' as const, NO_RIGHT: 'RIGHT_MISSING' as const })[wordOf(error)] ?? null,
  readRefusal: () => null,
  refusedValueOf: () => null,
  isNoTable: (error) => wordOf(error) === 'GONE',
  isDuplicate: () => false,
  wasNeverSent: () => false,
  isAcquireTimeout: () => false,
};

function wordOf(error: Error): string {
  return error instanceof ToyError ? error.word : error.name;
}

/** What a client of these servers is given in the place of one that Prisma generates. */
export type ToyAdapter = SqlDriverAdapterFactory & { readonly pool: AdapterPool };

const sessionOf = (connection: object): ToySession => (connection as ToyConnection).session;

export const toyDriver: Driver = {
  schemes: ['toy'],
  defaultPort: 1,
  nothing: 'NOTHING',
  dialect: {
    roleOf: (text) => (/^(?:BEGIN|COMMIT|ROLLBACK)\b/.test(text) ? 'ENDS' : 'KEEPS'),
    mayChangeConnection: () => false,
    mayLeaveTransaction: (text) => text === 'BEGIN',
    mayHoldSeveral: () => false,
    targetOf: (text) => /^UPDATE (\w+)/.exec(text)?.[1] ?? null,
    readWrite: () => null,
    keysNamedBy: () => null,
    quoted: (name) => name,
    beginToWrite: 'BEGIN',
    sessionWrites: 'NOTHING',
    sessionRefusesWrites: 'NOTHING',
  },
  faults,
  open: ({ port }) => {
    const opened = connect(port);
    return { opened, cut: () => void opened.then((connection) => connection.lose()).catch(() => undefined) };
  },
  openPool: ({ port }, { connectionsPerNode }) => {
    const pool = new ToyPool(port, connectionsPerNode);
    return { pool, cut: () => pool.cut() };
  },
  adapter: (pool) => ({ pool }) as unknown as ToyAdapter,
  keyOf: (connection) => connection,
  isInTransaction: (connection) => sessionOf(connection).pending !== null,
  isAutocommitting: () => true,
};
