import type { NodeRole } from '../../cluster/node.ts';
import type { ServerSettings } from '../../cluster/server-settings.ts';
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { Reached, ServerProbe, ServerQuestions } from '../flavour.ts';
import { type Row, rowsOf, textOf } from '../rows.ts';
import { isDenied } from './history.ts';
import { PositionsReached } from './positions-reached.ts';
import { ServerSetup } from './server-setup.ts';
import type { ReplicationState, ServerStatements } from './server-statements.ts';
import { monitoringRight } from './unable-server.ts';
import type { UnshownCommits } from './unshown-commits.ts';
import { refusedByOf } from './write-refusal.ts';

export type FamilyQuestionsOptions = {
  readonly clock: Clock;
  readonly unshown: UnshownCommits;
  /** The server's dialect; what its greeting leaves open is asked on each connection. */
  readonly statementsFor: (connection: Connection) => Promise<ServerStatements>;
};

/** One server of the family, asked by its own statements. */
export class FamilyQuestions implements ServerQuestions {
  readonly #unshown: UnshownCommits;
  readonly #setup: ServerSetup;
  readonly #positions: PositionsReached;
  readonly #ask: (connection: Connection) => Promise<ServerStatements>;
  readonly #statements = new WeakMap<Connection, Promise<ServerStatements>>();
  /** As of the last probe. */
  #awaitsAcknowledgement = false;

  constructor({ clock, unshown, statementsFor }: FamilyQuestionsOptions) {
    this.#unshown = unshown;
    this.#setup = new ServerSetup(clock);
    this.#positions = new PositionsReached(clock);
    this.#ask = statementsFor;
  }

  #statementsOf(connection: Connection): Promise<ServerStatements> {
    const found = this.#statements.get(connection) ?? this.#ask(connection);
    this.#statements.set(connection, found);
    return found;
  }

  async probe(connection: Connection): Promise<ServerProbe> {
    const statements = await this.#statementsOf(connection);
    const [probe, seen, setup] = await Promise.all([
      firstRow(connection, statements.probe),
      readReplication(connection, statements).catch(nullWhenDenied),
      this.#setup.variables(connection, statements),
    ]);
    const rows = statements.reachedInProbe ? [probe] : await this.#positions.rows(connection, statements);
    this.#awaitsAcknowledgement = isOn(probe, 'awaitsAcknowledgement');
    const refusedBy = refusedByOf(probe);
    const { setups, ...replication } = seen ?? { ...unseenReplication(refusedBy.length > 0), setups: [] };
    const version = textOf(probe, 'version');
    return {
      identity: textOf(probe, 'identity'),
      id: textOf(probe, 'id').toLowerCase(),
      version,
      terms: statements.terms,
      readOnly: refusedBy.length > 0,
      refusedBy,
      awaitsAcknowledgement: this.#awaitsAcknowledgement,
      ...replication,
      position: this.#positions.reached(connection, statements, rows, replication.applier !== 'NONE'),
      asSource: statements.reached([probe], false),
      ...statements.holdings(probe),
      ...(seen === null && { missingRights: [monitoringRight(version)] }),
      settings: { variables: { ...setup, ...statements.settings(probe) }, channels: setups },
    };
  }

  async readPosition(connection: Connection, role: NodeRole): Promise<Reached> {
    const statements = await this.#statementsOf(connection);
    const rows = await this.#positions.rows(connection, statements);
    if (role === 'SOURCE' && !statements.numbers(rows)) throw new UnnumberedError();
    const replicating = role === 'REPLICA';
    const reached = this.#positions.reached(connection, statements, rows, replicating);
    const asks = statements.observesByReplication(rows, replicating);
    const replication = asks ? rowsOf(await connection.query(statements.replication)) : [];
    const observed = statements.observed(rows, replication);
    const logsAhead = role === 'SOURCE' && this.#awaitsAcknowledgement;
    return { reached, observed: logsAhead ? await this.#withoutUnshown(connection, observed) : observed };
  }

  async waitFor(connection: Connection, position: Position, timeoutMs: number) {
    const statements = await this.#statementsOf(connection);
    if (statements.wait === null) {
      const reached = await this.#positions.askUntil(connection, statements, position, timeoutMs);
      return { reached, applying: true };
    }
    const waited = firstRow(connection, statements.wait(position, timeoutMs / 1000));
    const rows = this.#positions.rows(connection, statements);
    const [outcome, positions] = await Promise.all([waited, rows]);
    const reached = statements.reached(positions, true);
    if (textOf(outcome, 'outcome') === '0') return { reached, applying: true };
    const replication =
      (await readReplication(connection, statements).catch(nullWhenDenied)) ?? unseenReplication(true);
    const { applier, group, member, channels = [] } = replication;
    // A stopped replica may still get it in another way.
    const isPrimary = applier === 'NONE' && member === 'ONLINE';
    const applying =
      applier === 'RUNNING' || isPrimary || (group === undefined && channels.some((channel) => channel.applying));
    return { reached, applying };
  }

  /** Without the right to ask, waiting commits count as seen. */
  async #withoutUnshown(connection: Connection, observed: Position): Promise<Position> {
    try {
      return await this.#unshown.without(observed, async (sql) => rowsOf(await connection.query(sql)));
    } catch (error) {
      if (isDenied(error)) return observed;
      throw error;
    }
  }
}

/** The source was asked for its position, but gives its transactions no GTIDs. */
class UnnumberedError extends Error {
  constructor() {
    super('gives its transactions no numbers');
  }
}

async function readReplication(
  connection: Connection,
  statements: ServerStatements,
): Promise<ReplicationState & { readonly setups: ServerSettings['channels'] }> {
  const [rows, membership] = await Promise.all([
    connection.query(statements.replication).then(rowsOf),
    statements.membership === null ? [] : readMembership(connection, statements.membership),
  ]);
  return { ...statements.replicationOf(rows, membership), setups: statements.channels(rows) };
}

const isOn = (row: Row, column: string) => ['1', 'ON'].includes(textOf(row, column));

/**
 * For an account without the right to see replication. A server that refuses writes counts as a replica that applies what
 * it receives: its position shows how far it has come.
 */
const unseenReplication = (refusesWrites: boolean): ReplicationState => ({
  applier: refusesWrites ? 'RUNNING' : 'NONE',
  receiving: refusesWrites,
  replicationError: null,
  lagMs: null,
});

const nullWhenDenied = (error: unknown): null => {
  if (isDenied(error)) return null;
  throw error;
};

/** Without the right to see the group, the server's own read-only state decides. */
async function readMembership(connection: Connection, sql: string): Promise<readonly Row[]> {
  try {
    return rowsOf(await connection.query(sql));
  } catch (error) {
    if (isDenied(error)) return [];
    throw error;
  }
}

async function firstRow(connection: Connection, sql: string): Promise<Row> {
  return rowsOf(await connection.query(sql))[0] ?? {};
}
