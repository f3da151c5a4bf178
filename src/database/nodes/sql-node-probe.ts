import type { NodeRole } from '../../cluster/node.ts';
import type { HistoryAnswer, NodeProbe, NodeProbeListener } from '../../cluster/node-probe.ts';
import type { ProbeReport } from '../../cluster/node-status.ts';
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../../servers/connection.ts';
import { faultOf } from '../../servers/faults.ts';
import type { Flavour, ServerQuestions } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { ServerAddress } from '../../servers/server-address.ts';
import { NoAnswerError, ServerConnection } from '../../servers/server-connection.ts';
import { EpochReading } from './epoch-reading.ts';
import type { Served } from './serves.ts';
import { ServingCheck } from './serving-check.ts';

/** A probe, a wait, and a position that a request is waiting for must not block each other: one connection each. */
export class SqlNodeProbe implements NodeProbe {
  readonly #probes: ServerConnection;
  readonly #positions: ServerConnection;
  readonly #waits: ServerConnection;
  readonly #histories: ServerConnection;
  readonly #clock: Clock;
  /** Another kind of server may answer here from one connection to the next. */
  readonly #questions = new Map<Flavour, ServerQuestions>();
  readonly #schema: string;
  readonly #maxCommitMs: number | undefined;
  readonly #serving: ServingCheck | null;
  /** `null` where no record of promotions is kept. */
  readonly #epochs: EpochReading | null;
  readonly #onChange: () => void;
  /** Whether it refused writes at the last probe. */
  #refusedWrites = false;

  /**
   * `serves`: what the server must be able to read. Default: nothing. `epochs`: false if no record of promotions is kept.
   * `isOnlyProbe`: there will be no further probe.
   */
  constructor(
    address: ServerAddress,
    clock: Clock,
    listener: NodeProbeListener,
    {
      serves,
      maxCommitMs,
      epochs = true,
      isOnlyProbe = false,
    }: {
      readonly serves?: Served;
      readonly maxCommitMs?: number;
      readonly epochs?: boolean;
      readonly isOnlyProbe?: boolean;
    } = {},
  ) {
    const onLost = (trouble: string) => listener.connectionLost(trouble);
    const connect = () => new ServerConnection(address, clock, onLost, { onlyReads: true });
    this.#clock = clock;
    this.#schema = address.database;
    this.#maxCommitMs = maxCommitMs;
    this.#probes = connect();
    this.#positions = connect();
    this.#waits = connect();
    // Opened when a history is asked for, which may never be.
    this.#histories = connect();
    const onChange = () => listener.changed?.();
    this.#onChange = onChange;
    const { database } = address;
    const reading = () => new ServerConnection(address, clock, () => undefined, { onlyReads: true });
    this.#epochs = epochs ? new EpochReading(reading(), address.database, clock) : null;
    this.#serving =
      serves === undefined
        ? null
        : new ServingCheck({ connection: connect(), database: database ?? '', serves, clock, onChange, isOnlyProbe });
  }

  doubtServing(): void {
    this.#serving?.hint();
  }

  #questionsFor(connection: Connection): ServerQuestions {
    const flavour = flavourOf(connection);
    const known = this.#questions.get(flavour);
    if (known !== undefined) return known;
    const questions = flavour.questions(this.#clock);
    this.#questions.set(flavour, questions);
    return questions;
  }

  /** Reads of tables may hang, or fail, on a server that is there all the same. */
  async probe(timeoutMs: number): Promise<ProbeReport> {
    const serving = this.#serving?.known(timeoutMs) ?? Promise.resolve(null);
    serving.catch(() => undefined);
    const probe = await this.#probes.use(timeoutMs, (connection) => this.#questionsFor(connection).probe(connection));
    const [unable, epochs] = await Promise.all([
      serving,
      this.#epochs?.read(probe.identity, timeoutMs) ?? { epochs: null },
    ]);
    const migrations = this.#serving?.migrations;
    this.#refused(probe.readOnly);
    return {
      ...probe,
      ...epochs,
      ...(unable !== null && { unable }),
      ...(this.#serving?.unwritable && { unwritable: this.#serving.unwritable }),
      ...(migrations != null && { migrations }),
      settings: {
        schema: this.#schema,
        ...probe.settings,
        ...(this.#maxCommitMs !== undefined && { maxCommitMs: this.#maxCommitMs }),
      },
    };
  }

  /** A server that has just begun to accept writes has not been checked for them yet. */
  #refused(refusesNow: boolean): void {
    const refusedBefore = this.#refusedWrites;
    this.#refusedWrites = refusesNow;
    if (!refusedBefore || refusesNow || this.#serving === null) return;
    this.#serving.hint();
    this.#onChange();
  }

  readPosition(role: NodeRole, timeoutMs: number): Promise<{ reached: Position; observed: Position }> {
    return this.#positions.use(timeoutMs, (connection) =>
      this.#questionsFor(connection).readPosition(connection, role),
    );
  }

  waitForPosition(position: Position, timeoutMs: number): Promise<{ reached: Position; applying: boolean }> {
    // The server ends the wait; the guard is for a server that does not.
    return this.#waits.use(timeoutMs + guardMs, (connection) =>
      this.#questionsFor(connection).waitFor(connection, position, timeoutMs),
    );
  }

  readHistory(timeoutMs: number): Promise<HistoryAnswer> {
    return this.#histories.use(timeoutMs, (connection) => flavourOf(connection).readHistory(connection));
  }

  async isThere(timeoutMs: number): Promise<boolean> {
    try {
      await this.#probes.use(timeoutMs, (connection) => connection.ping());
      return true;
    } catch (error) {
      if (error instanceof NoAnswerError) return false;
      return faultOf(error instanceof Error ? error.cause : error) !== 'CONNECTION';
    }
  }

  async close(): Promise<void> {
    const connections = [this.#probes, this.#positions, this.#waits, this.#histories, this.#epochs, this.#serving];
    await Promise.all(connections.map((connection) => connection?.close()));
  }
}

/** A server that answers late is not lost, and its callers have time limits of their own. */
const guardMs = 2000;
