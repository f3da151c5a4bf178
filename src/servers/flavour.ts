/**
 * Everything that differs between kinds of servers. A folder implements it, `flavours.ts` lists it, and no other code asks
 * which kind a server is. Questions are functions over a connection, so that a kind may need as many steps as it likes: what
 * one server answers in one statement, another has to be polled for. How to add a kind: README.md.
 */
import type { MemberAbilities, MemberFacts } from '../cluster/failover/member.ts';
import type { NodeRole } from '../cluster/node.ts';
import type { HistoryAnswer } from '../cluster/node-probe.ts';
import type { ProbeReport } from '../cluster/node-status.ts';
import type { ServerSettings } from '../cluster/server-settings.ts';
import type { WriteRight } from '../cluster/write-fault.ts';
import type { EpochHistory, EpochRecord } from '../consistency/epoch.ts';
import type { Position } from '../consistency/position.ts';
import type { PositionKind } from '../consistency/position-kind.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connection, Sends, Statement } from './connection.ts';
import type { Driver } from './driver.ts';
import type { LocalServers } from './local-servers.ts';
import type { MigrationQuestions } from './migration-questions.ts';
import type { MirrorSide } from './mirror-side.ts';
import type { NamedLocks } from './named-locks.ts';
import type { OutboxTable } from './outbox-table.ts';
import type { TableStatements } from './table-statements.ts';
import type { Untold } from './untold.ts';
import type { WrittenKeys } from './written-keys.ts';

export interface Flavour {
  readonly name: string;
  readonly driver: Driver;
  readonly positions: PositionKind;
  readonly capabilities: FlavourCapabilities;
  /** Whether the server behind an open connection is of this kind, by its greeting; false for another driver's connection. */
  isBehind(connection: object): boolean;
  /** For one server: remembers what need not be asked twice. */
  questions(clock: Clock): ServerQuestions;
  readonly control: ServerControl;
  readonly commits: CommitQuestion;
  /** For one pool: remembers what need not be asked twice. */
  readsAndPositions(): ReadsAndPositions;
  /** Begins a read-only transaction. It sees everything in `reached`, and nothing that is not in `observed`. */
  beginSnapshot(connection: Pick<Sends, 'query'>): Promise<Reached>;
  readonly checks: ServerChecks;
  readonly proofs: ProofQuestions;
  readonly epochs: EpochRecords;
  readonly outbox: OutboxTable;
  readonly keys: WrittenKeys;
  readonly tables: TableStatements;
  readonly locks: NamedLocks;
  /** `null` if such servers have no schema that migrations change. */
  readonly migrations: MigrationQuestions | null;
  /** `null` if records can be mirrored neither from such servers nor to them. */
  readonly mirrorSide: MirrorSide | null;
  readHistory(connection: Connection): Promise<HistoryAnswer>;
  /** Without what its group delivers, unless `members` is true. */
  readHistoryFacts(connection: Connection, asked: { readonly members: boolean }): Promise<HistoryFacts>;
  /**
   * The server's position when it began its newest log, which it does when it starts or when its log is discarded: if it came
   * back with an older copy, everything in that copy. Writes made there by others before the first probe are not covered.
   * `null` if the server does not report it.
   */
  startOfLog(connection: Connection, facts: HistoryFacts): Promise<Position | null>;
  readIdentity(connection: Connection): Promise<string>;
  /** The settings by which the server refuses all writes. */
  refusedBy(connection: Connection): Promise<readonly string[]>;
  /** What a cluster on this machine needs; `null` for a kind that is never started here. */
  readonly local: LocalServers | null;
}

/** What a plan may rely on. */
export type FlavourCapabilities = {
  /** Servers can elect their source among themselves. */
  readonly groups: boolean;
  /** What an administrator can do by statements; everything else needs access to the host. */
  readonly byStatements: MemberAbilities;
};

export type Reached = { readonly reached: Position; readonly observed: Position };

/** The answer to one probe, without the parts that are asked of every kind in the same way. */
export type ServerProbe = Omit<
  ProbeReport,
  'epochs' | 'epochsUnread' | 'unable' | 'unwritable' | 'migrations' | 'settings'
> &
  Required<Pick<ProbeReport, 'refusedBy'>> & {
    readonly settings: Pick<ServerSettings, 'variables' | 'channels'>;
  };

/** What the monitor asks a server regularly. */
export interface ServerQuestions {
  probe(connection: Connection): Promise<ServerProbe>;
  /** Rejects if it is the source and gives its writes no GTIDs. */
  readPosition(connection: Connection, role: NodeRole): Promise<Reached>;
  /** Resolves when the position is reached or the time is up; `applying` is false if it would never be reached. */
  waitFor(
    connection: Connection,
    position: Position,
    timeoutMs: number,
  ): Promise<{ readonly reached: Position; readonly applying: boolean }>;
}

/** The facts from which a new epoch is made. */
export type HistoryFacts = Pick<HistoryAnswer, 'identity' | 'readOnly' | 'received' | 'receives'> & {
  /** Everything that it has logged or applied, and what it has received and will apply. */
  readonly all: Position;
  /** The last position written by each server; empty if the position itself says so. */
  readonly byServer: readonly Position[];
  readonly applied: Position;
};

/** What a server returns about a commit: only its own kind can read it. */
export type CommitAnswer = Readonly<Record<string, unknown>>;

export interface CommitQuestion {
  /** Sent directly after the commit on the same connection. */
  ask(connection: Pick<Sends, 'query'>): Promise<CommitAnswer | undefined>;
  /**
   * A position that includes what this connection just committed; `null` if that is known to be nothing. `previous` is the
   * connection's previous answer. Otherwise the reason why no position covers the commit.
   */
  own(answer: CommitAnswer, previous: CommitAnswer | undefined): Position | null | Untold;
}

/** Reads that are sent together with the question for the server's position. */
export interface ReadsAndPositions {
  /**
   * `positions`: `null` if the server does not return them with a read, and has to be asked after it. Rejects with the
   * driver's error, also if a proxy in between rejects the joined statements.
   */
  read<T>(
    connection: Pick<Sends, 'query'>,
    statement: Statement,
    values: unknown,
  ): Promise<{ readonly answer: T; readonly positions: Reached | null }>;
}

/** Whether a server can do its job, found by trying. All reject with the driver's error if it cannot. */
export interface ServerChecks {
  /** Makes privileges count that have been granted or revoked since. */
  enter(connection: Connection, database: string): Promise<void>;
  /** Reads a row of the table in the way reads do. */
  read(connection: Connection, table: string, columns: readonly string[]): Promise<void>;
  /** Lets the server check a write of these columns without writing anything. */
  write(connection: Connection, right: WriteRight, table: string, columns: readonly string[]): Promise<void>;
  /** While `work` runs, waits for a table lock for at most a second. */
  impatiently<T>(connection: Connection, work: () => Promise<T>): Promise<T>;
  /** The statement that grants these privileges; on the whole database if no table is named. */
  grant(rights: readonly string[], database: string, table: string | null, account: string): string;
}

/** A transaction that writes leaves a mark, which shows afterwards whether it was committed. */
export interface ProofQuestions {
  /** The server's number of the session behind the connection; `null` if unknown. */
  sessionOf(connection: object): number | null;
  /** Sent after the first write of a transaction, inside it. */
  statement(proof: ProofMark): string;
  /** The transaction's outcome. */
  probe(connection: Connection, proof: ProofMark & { readonly session: number }): Promise<ProofSeen>;
  /** Deletes marks that are more than a day old, except those in use; returns how many. */
  purge(connection: Pick<Sends, 'query'>, limit: number): Promise<number>;
  /** Ends a session, which rolls back what it has not committed. */
  endSession(connection: Connection, session: number): Promise<void>;
  /** Whether a server of a group is in step with it: if so, what it rolled back is not committed by any other member. */
  isInStep(connection: Connection): Promise<boolean>;
}

/** Which process wrote the mark, and its value once the transaction is committed. */
export type ProofMark = { readonly writer: string; readonly number: number };

export type ProofSeen = {
  /** The mark's value; `null` if there is none. `LOCKED`: its transaction is still open. */
  readonly mark: 'LOCKED' | string | null;
  readonly session: 'GONE' | 'AT_REST' | 'AT_WORK';
  /** The server's uptime, in whole seconds. */
  readonly upS: number;
};

/** The table of promotions, within the caller's transaction. */
export interface EpochRecords {
  /** `null` if the server keeps no record. Rejects if it cannot be read. */
  read(connection: Connection): Promise<EpochHistory | null>;
  begin(connection: Connection): Promise<void>;
  /** The number of the newest epoch on record, 0 for none; `null` without the table, which does not end a transaction. */
  newest(connection: Connection): Promise<number | null>;
  /** The number of the newest epoch on record, locked until the transaction ends; 0 for none. */
  lockNewest(connection: Connection): Promise<number>;
  /** Records the source of an epoch that has none on record. */
  nameSource(connection: Connection, epoch: number, sourceId: string): Promise<void>;
  /** `nowMs`: by the clock of the process that records it; an epoch without a time of its own gets the later of both clocks. */
  insert(connection: Connection, record: EpochRecord, nowMs?: number): Promise<void>;
}

/** Administers a server. Whatever changes something resolves when it is done. */
export interface ServerControl {
  /** `reported`: the address that the server advertises; `null` if it advertises none. */
  probe(
    connection: Connection,
  ): Promise<Omit<MemberFacts, 'address' | 'abilities'> & { readonly reported: Reported | null }>;
  refuseWrites(connection: Connection): Promise<void>;
  acceptWrites(connection: Connection): Promise<void>;
  /** Lets an administrator write while all other accounts are refused. */
  admitAdministrator(connection: Connection): Promise<void>;
  stopReceiving(connection: Connection): Promise<void>;
  startApplying(connection: Connection): Promise<void>;
  stopReplicating(connection: Connection, options: { readonly forget: boolean }): Promise<void>;
  follow(connection: Connection, source: FollowedSource): Promise<void>;
  /** Replaces everything in `target` by what `source` holds. */
  copy(request: CopyRequest): Promise<void>;
  /** Why the data of this server cannot be copied over connections; empty if it can. */
  copyObstacles(connection: Connection, database: string): Promise<string[]>;
  /** Whether the server still has every transaction since its first. */
  hasAllTransactions(connection: Connection): Promise<boolean>;
  recordEpoch(connection: Connection, record: EpochRecord): Promise<void>;
}

type Reported = { readonly host: string; readonly port: number };

export type FollowedSource = Reported & {
  /** `null` if the server knows it already. */
  readonly account: { readonly user: string; readonly password: string } | null;
  /** Connections to the source are encrypted. */
  readonly encrypted: boolean;
};

export type CopyRequest = {
  /** Connections of its own, which are closed after the copy. */
  readonly source: Connection;
  readonly target: Connection;
  readonly database: string;
  /** The source's position, read while it commits nothing. */
  readonly positionOfSource: () => Promise<Position>;
  readonly onTable: (table: string, rows: number) => void;
};
