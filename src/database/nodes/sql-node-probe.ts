import type { Connection } from 'mariadb';
import type { NodeRole } from '../../cluster/node.ts';
import type { HistoryAnswer, NodeProbe, NodeProbeListener } from '../../cluster/node-probe.ts';
import type { ProbeReport } from '../../cluster/node-status.ts';
import type { ServerSettings } from '../../cluster/server-settings.ts';
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import { statementsFor } from '../../servers/choose-statements.ts';
import { galeraStatements } from '../../servers/mariadb/galera.ts';
import { faultOf } from '../../servers/mysql-family/driver-fault.ts';
import { historyAnswer, historyQuestions } from '../../servers/mysql-family/history.ts';
import { ServerSetup } from '../../servers/mysql-family/server-setup.ts';
import { monitoringRight } from '../../servers/mysql-family/unable-server.ts';
import { UnshownCommits } from '../../servers/mysql-family/unshown-commits.ts';
import { refusedByOf } from '../../servers/mysql-family/write-refusal.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { NoAnswerError, rowsOf, ServerConnection } from '../../servers/server-connection.ts';
import { type ReplicationState, type Row, type ServerStatements, textOf } from '../../servers/server-statements.ts';
import { Wording } from '../../servers/wording.ts';
import { readEpochs } from './epoch-table.ts';
import type { Served } from './serves.ts';
import { ServingCheck } from './serving-check.ts';

/** A look and a wait must not block each other, nor a position that a request is waiting for: one connection each. */
export class SqlNodeProbe implements NodeProbe {
  readonly #looks: ServerConnection;
  readonly #positions: ServerConnection;
  readonly #waits: ServerConnection;
  readonly #histories: ServerConnection;
  /** As the last look found it. */
  #awaitsAcknowledgement = false;
  readonly #unshown: UnshownCommits;
  readonly #setup: ServerSetup;
  readonly #schema: string;
  readonly #longestCommitMs: number | undefined;
  readonly #serving: ServingCheck | null;
  readonly #wording: Wording;
  readonly #hasEpochs: boolean;
  readonly #onChange: () => void;
  /** Whether it refused writes when it was looked at last. */
  #refusedWrites = false;

  /**
   * `serves`: what the server is there to read; nothing unless told. `epochs`: off where no record of promotions is kept.
   * `isOnlyLook`: nobody will look again.
   */
  constructor(
    address: ServerAddress,
    clock: Clock,
    listener: NodeProbeListener,
    {
      serves,
      longestCommitMs,
      epochs = true,
      isOnlyLook = false,
    }: {
      readonly serves?: Served;
      readonly longestCommitMs?: number;
      readonly epochs?: boolean;
      readonly isOnlyLook?: boolean;
    } = {},
  ) {
    const onLost = (trouble: string) => listener.connectionLost(trouble);
    const connect = () => new ServerConnection(address, clock, onLost, { onlyReads: true });
    this.#unshown = new UnshownCommits(clock);
    this.#setup = new ServerSetup(clock);
    this.#schema = address.database;
    this.#longestCommitMs = longestCommitMs;
    this.#wording = new Wording(clock);
    this.#hasEpochs = epochs;
    this.#looks = connect();
    this.#positions = connect();
    this.#waits = connect();
    // Opened when a history is asked for, which may never be.
    this.#histories = connect();
    const onChange = () => listener.changed?.();
    this.#onChange = onChange;
    const { database } = address;
    this.#serving =
      serves === undefined
        ? null
        : new ServingCheck({ connection: connect(), database: database ?? '', serves, clock, onChange, isOnlyLook });
  }

  doubtServing(): void {
    this.#serving?.hint();
  }

  probe(timeoutMs: number): Promise<ProbeReport> {
    return this.#looks.use(timeoutMs, async (connection) => {
      const statements = await this.#wording.of(connection);
      const [look, seen, epochs, setup, unable] = await Promise.all([
        firstRow(connection, statements.look),
        readReplication(connection, statements).catch(nullWhenDenied),
        this.#hasEpochs ? readEpochs(connection, statements.flavour) : null,
        this.#setup.variables(connection, statements),
        this.#serving?.known(timeoutMs) ?? null,
      ]);
      const migrations = this.#serving?.migrations;
      const isGalera = statements === galeraStatements;
      const rows = isGalera ? await this.#wording.positionRows(connection) : [look];
      this.#awaitsAcknowledgement = isOn(look, 'awaitsAcknowledgement');
      const refusedBy = refusedByOf(look);
      this.#refused(refusedBy.length > 0);
      const { setups, ...replication } = seen ?? { ...unseenReplication(refusedBy.length > 0), setups: [] };
      const version = textOf(look, 'version');
      return {
        identity: textOf(look, 'identity'),
        id: textOf(look, 'id').toLowerCase(),
        version,
        terms: statements.terms,
        readOnly: refusedBy.length > 0,
        refusedBy,
        awaitsAcknowledgement: this.#awaitsAcknowledgement,
        ...replication,
        position: this.#wording.reached(connection, statements, rows, replication.applier !== 'NONE'),
        asSource: statements.reached([look], false),
        ...statements.holdings(look),
        epochs,
        ...(unable !== null && { unable }),
        ...(this.#serving?.unwritable && { unwritable: this.#serving.unwritable }),
        ...(migrations != null && { migrations }),
        ...(seen === null && { missingRights: [monitoringRight(version)] }),
        settings: {
          schema: this.#schema,
          variables: { ...setup, ...statements.settings(look) },
          channels: setups,
          ...(this.#longestCommitMs !== undefined && { longestCommitMs: this.#longestCommitMs }),
        },
      };
    });
  }

  /** Whoever has just begun to take writes has not been asked yet whether it can. */
  #refused(refusesNow: boolean): void {
    const refusedBefore = this.#refusedWrites;
    this.#refusedWrites = refusesNow;
    if (!refusedBefore || refusesNow || this.#serving === null) return;
    this.#serving.hint();
    this.#onChange();
  }

  readPosition(role: NodeRole, timeoutMs: number): Promise<{ reached: Position; observed: Position }> {
    return this.#positions.use(timeoutMs, async (connection) => {
      const statements = await this.#wording.of(connection);
      const rows = await this.#wording.positionRows(connection);
      if (role === 'SOURCE' && !statements.numbers(rows)) throw new UnnumberedError();
      const replicating = role === 'REPLICA';
      const reached = this.#wording.reached(connection, statements, rows, replicating);
      const asks = statements.observesByReplication(rows, replicating);
      const replication = asks ? rowsOf(await connection.query(statements.replication)) : [];
      const observed = statements.observed(rows, replication);
      const logsAhead = role === 'SOURCE' && this.#awaitsAcknowledgement;
      return { reached, observed: logsAhead ? await this.#withoutUnshown(connection, observed) : observed };
    });
  }

  waitForPosition(position: Position, timeoutMs: number): Promise<{ reached: Position; applying: boolean }> {
    // The server ends the wait; the guard is for a server that does not.
    return this.#waits.use(timeoutMs + guardMs, async (connection) => {
      const statements = await this.#wording.of(connection);
      if (statements === galeraStatements) {
        return { reached: await this.#wording.askUntil(connection, position, timeoutMs), applying: true };
      }
      const waited = firstRow(connection, statements.wait(position, timeoutMs / 1000));
      const rows = Promise.all(statements.position.map((sql) => firstRow(connection, sql)));
      const [outcome, positions] = await Promise.all([waited, rows]);
      const reached = statements.reached(positions, true);
      if (textOf(outcome, 'outcome') === '0') return { reached, applying: true };
      const replication =
        (await readReplication(connection, statements).catch(nullWhenDenied)) ?? unseenReplication(true);
      const { applier, group, member, channels = [] } = replication;
      // One that has stopped may bring something else.
      const isPrimary = applier === 'NONE' && member === 'ONLINE';
      const applying =
        applier === 'RUNNING' || isPrimary || (group === undefined && channels.some((channel) => channel.applying));
      return { reached, applying };
    });
  }

  readHistory(timeoutMs: number): Promise<HistoryAnswer> {
    return this.#histories.use(timeoutMs, async (connection) => {
      const { flavour, replication } = statementsFor(connection);
      const { own, group } = historyQuestions[flavour];
      const [row, channels, members] = await Promise.all([
        firstRow(connection, own),
        connection.query(replication).then(rowsOf),
        group === null ? [] : readMembership(connection, group),
      ]);
      return historyAnswer(flavour, row, channels, members);
    });
  }

  async isThere(timeoutMs: number): Promise<boolean> {
    try {
      await this.#looks.use(timeoutMs, (connection) => connection.ping());
      return true;
    } catch (error) {
      if (error instanceof NoAnswerError) return false;
      return faultOf(error instanceof Error ? error.cause : error) !== 'CONNECTION';
    }
  }

  /** Without the right to ask, what waits counts as seen. */
  async #withoutUnshown(connection: Connection, observed: Position): Promise<Position> {
    try {
      return await this.#unshown.without(observed, async (sql) => rowsOf(await connection.query(sql)));
    } catch (error) {
      if (isDenied(error)) return observed;
      throw error;
    }
  }

  async close(): Promise<void> {
    const connections = [this.#looks, this.#positions, this.#waits, this.#histories, this.#serving];
    await Promise.all(connections.map((connection) => connection?.close()));
  }
}

/** The source was asked for its position, and gives its transactions no numbers. */
class UnnumberedError extends Error {
  constructor() {
    super('gives its transactions no numbers');
  }
}

/** A server that answers late is not gone, and whoever waits for it has a time limit of its own. */
const guardMs = 2000;

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

const denied: ReadonlySet<unknown> = new Set([1142, 1227]);
const isDenied = (error: unknown) => error instanceof Error && 'errno' in error && denied.has(error.errno);
const isOn = (row: Row, column: string) => ['1', 'ON'].includes(textOf(row, column));

/**
 * An account that may not look is told nothing of replication. Whoever refuses writes is taken for a replica that applies what
 * it gets: how far it has come its position tells.
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

/** An account that may not look is told nothing of a group: the server's own read-only state decides then. */
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
