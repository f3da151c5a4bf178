/**
 * A kind of server that no file of the program knows: what a wait is elsewhere is a poll here, one that leads cannot be told to
 * follow while it runs, and its data is copied by a program.
 */
import type { HistoryAnswer } from '../../../src/cluster/node-probe.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import type { Flavour, HistoryFacts, Reached, ServerQuestions } from '../../../src/servers/flavour.ts';
import { ToyConnection, toyDriver, toyMachine } from './toy-driver.ts';
import { toyOutbox } from './toy-outbox.ts';
import { toyPositions, toyTerms } from './toy-positions.ts';
import { ToyError, type ToyServer, type ToySession } from './toy-server.ts';

const ask = <T>(connection: object, answer: (session: ToySession) => T): Promise<T> =>
  (connection as ToyConnection).ask(answer);
const serverOf = <T>(connection: object, answer: (server: ToyServer) => T): Promise<T> =>
  ask(connection, ({ server }) => answer(server));
const identityOf = ({ name, port }: ToyServer): string => `${port}@${name}`;
const both = ({ position }: ToyServer): Reached => ({ reached: position, observed: position });

const pollEveryMs = 1;

class ToyQuestions implements ServerQuestions {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  probe(connection: object) {
    return serverOf(connection, (server) => ({
      identity: identityOf(server),
      id: String(server.port),
      version: '1.0',
      terms: toyTerms,
      readOnly: !server.takesWrites,
      refusedBy: server.takesWrites ? [] : [toyTerms.readOnlyVariable],
      applier:
        server.follows === null ? ('NONE' as const) : server.applies ? ('RUNNING' as const) : ('STOPPED' as const),
      receiving: server.follows !== null,
      replicationError: null,
      lagMs: server.follows === null ? null : 0,
      position: server.position,
      settings: { variables: {}, channels: [] },
    }));
  }

  readPosition(connection: object): Promise<Reached> {
    return serverOf(connection, both);
  }

  async waitFor(connection: object, position: Reached['reached'], timeoutMs: number) {
    const untilMs = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      const { reached, applying } = await serverOf(connection, (server) => ({
        reached: server.position,
        applying: server.follows !== null && server.applies,
      }));
      if (reached.includes(position) || this.#clock.monotonic() >= untilMs) return { reached, applying };
      await this.#clock.sleep(pollEveryMs);
    }
  }
}

const historyOf = (server: ToyServer): HistoryAnswer => {
  const logged = toyPositions.historyOf({ position: server.position });
  return {
    identity: identityOf(server),
    readOnly: !server.takesWrites,
    logged,
    settled: logged,
    received: server.follows === null ? null : server.receivedPosition,
    receives: server.follows !== null,
  };
};

const factsOf = (server: ToyServer): HistoryFacts => {
  const { identity, readOnly, received, receives } = historyOf(server);
  const { position } = server;
  return {
    identity,
    readOnly,
    received,
    receives,
    all: server.receivedPosition,
    byServer: [position],
    applied: position,
  };
};

const change = (connection: object, change: (server: ToyServer) => void): Promise<void> => serverOf(connection, change);

export const toy: Flavour = {
  name: 'toy',
  driver: toyDriver,
  positions: toyPositions,
  capabilities: { groups: false, byStatements: { stepsDown: false, copies: false, copyTools: 'toy-copy' } },
  isBehind: (connection) => connection instanceof ToyConnection,
  questions: (clock) => new ToyQuestions(clock),
  control: {
    probe: (connection) =>
      serverOf(connection, (server) => ({
        identity: identityOf(server),
        id: String(server.port),
        flavour: 'toy',
        version: '1.0',
        readOnly: !server.takesWrites,
        position: server.position,
        received: server.receivedPosition,
        receiver: server.follows === null ? 'NONE' : server.follows.isRunning ? 'CONNECTED' : 'CONNECTING',
        applier: server.follows === null ? 'NONE' : server.applies ? 'RUNNING' : 'STOPPED',
        replicationError: null,
        follows: server.follows === null ? null : { host: '127.0.0.1', port: server.follows.port },
        epochs: server.epochs,
        unfit: [],
        reported: null,
      })),
    refuseWrites: (connection) =>
      change(connection, (server) => {
        server.takesWrites = false;
      }),
    // Whoever was a replica begins a timeline.
    acceptWrites: (connection) =>
      change(connection, (server) => {
        server.takesWrites = true;
      }),
    admitAdministrator: async () => undefined,
    stopReceiving: (connection) => change(connection, (server) => server.follows?.followers.delete(server)),
    startApplying: (connection) => change(connection, (server) => server.release()),
    stopReplicating: (connection) =>
      change(connection, (server) => {
        server.follow(null);
        server.timeline += 1;
      }),
    follow: (connection, { port }) => change(connection, (server) => server.follow(toyMachine.get(port) ?? null)),
    copy: async () => {
      throw new Error('is copied by toy-copy');
    },
    copyObstacles: async () => ['it is copied by toy-copy, on its host'],
    hasAllTransactions: async () => true,
    recordEpoch: (connection, record) =>
      change(connection, (server) => void server.commit([{ kind: 'epoch', record }])),
  },
  commits: {
    ask: (connection) => ask(connection, ({ committed }) => ({ committed })),
    own: ({ committed }, previous) =>
      committed === null || committed === previous?.committed ? null : (committed as Reached['reached']),
  },
  readsAndPositions: () => ({
    read: async (connection, statement, values) => {
      const positions = await serverOf(connection, both);
      return { answer: await connection.query(statement, values), positions };
    },
  }),
  beginSnapshot: async (connection) => {
    await connection.query('BEGIN');
    return serverOf(connection, both);
  },
  checks: {
    enter: async () => undefined,
    read: async (connection, table) => {
      await connection.query(`SELECT ${table}`);
    },
    write: (connection, right, table) =>
      serverOf(connection, (server) => {
        const refusal = server.refused.get(`${right} ${table}`);
        if (refusal !== undefined) throw new ToyError(refusal);
      }),
    impatiently: (_, work) => work(),
    grant: (rights, database, table, account) => `LET ${account} ${rights.join('+')} ${table ?? database}`,
  },
  proofs: {
    sessionOf: (connection) => (connection as ToyConnection).session.id,
    statement: ({ writer, number }) => `MARK ${writer} ${number}`,
    probe: (connection, { writer, session: id }) =>
      serverOf(connection, (server) => {
        const session = [...server.sessions].find((one) => one.id === id);
        const isOpen = session !== undefined && session.pending !== null;
        return {
          mark: isOpen ? 'LOCKED' : (server.mark(writer)?.toString() ?? null),
          session: session === undefined ? 'GONE' : session.isAtWork ? 'AT_WORK' : 'AT_REST',
          upS: 1_000_000,
        };
      }),
    endSession: (connection, id) =>
      serverOf(connection, (server) => [...server.sessions].find((session) => session.id === id)?.lose()),
    // A mark is part of the log here.
    purge: async () => 0,
    isInStep: async () => true,
  },
  outbox: toyOutbox,
  tables: {
    // Each row is a name and a value.
    insertMissing: (connection, _, __, rows) =>
      ask(connection, (session) => {
        for (const [name, value] of rows) {
          if (session.server.row(String(name)) !== null) continue;
          session.change({ kind: 'row', name: String(name), value: String(value) });
        }
      }),
    // A condition is the name of the row that it holds for.
    deleteOldest: (connection, { condition: name, limit }) =>
      ask(connection, (session) => {
        if (limit === 0 || session.server.row(name) === null) return 0;
        session.change({ kind: 'row', name, value: null });
        return 1;
      }),
    // There is one, of all rows.
    empty: (connection) =>
      ask(connection, (session) => {
        for (const name of session.server.rowNames) session.change({ kind: 'row', name, value: null });
      }),
    // No query is planned here, and no row is numbered.
    loaded: async () => undefined,
  },
  mirrorSide: null,
  migrations: null,
  locks: {
    alone: async (connection, name, work) => {
      const { locked } = await serverOf(connection, (server) => server);
      if (locked.has(name)) return null;
      locked.add(name);
      return work().finally(() => locked.delete(name));
    },
  },
  keys: {
    // A condition is the name of the row that it holds for.
    lock: (connection, { condition }) =>
      serverOf(connection, (server) => [server.row(condition)].filter((value) => value !== null)),
    numbered: async () => [],
  },
  epochs: {
    read: (connection) => serverOf(connection, ({ epochs }) => epochs),
    begin: async (connection) => {
      await connection.query('BEGIN');
    },
    newest: (connection) => serverOf(connection, ({ epochs }) => epochs.at(-1)?.epoch ?? 0),
    lockNewest: (connection) => serverOf(connection, ({ epochs }) => epochs.at(-1)?.epoch ?? 0),
    nameSource: async () => undefined,
    insert: (connection, record) => ask(connection, (session) => session.change({ kind: 'epoch', record })),
  },
  local: null,
  readHistory: (connection) => serverOf(connection, historyOf),
  readHistoryFacts: (connection) => serverOf(connection, factsOf),
  startOfLog: async () => null,
  readIdentity: (connection) => serverOf(connection, identityOf),
  refusedBy: (connection) =>
    serverOf(connection, ({ takesWrites }) => (takesWrites ? [] : [toyTerms.readOnlyVariable])),
};
