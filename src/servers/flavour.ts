/**
 * Everything that tells one kind of server from another. A folder implements it, `flavours.ts` lists it, and nobody else asks
 * which kind it is. Questions are functions over a connection, so that a kind may ask in as many steps as it needs: what one
 * server answers in one statement another one has to be polled for. How a kind is added: README.md.
 */
import type { MemberAbilities, MemberFacts } from '../cluster/failover/member.ts';
import type { NodeRole } from '../cluster/node.ts';
import type { HistoryAnswer } from '../cluster/node-probe.ts';
import type { ProbeReport } from '../cluster/node-status.ts';
import type { ServerSettings } from '../cluster/server-settings.ts';
import type { WriteRight } from '../cluster/write-fault.ts';
import type { EpochRecord } from '../consistency/epoch.ts';
import type { Position } from '../consistency/position.ts';
import type { PositionKind } from '../consistency/position-kind.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connection, Sends, Statement } from './connection.ts';
import type { Driver } from './driver.ts';
import type { LocalServers } from './local-servers.ts';
import type { Untold } from './untold.ts';

export interface Flavour {
  readonly name: string;
  readonly driver: Driver;
  readonly positions: PositionKind;
  readonly capabilities: FlavourCapabilities;
  /** Whether the server behind an open connection is of this kind, by its greeting; false of another driver's connection. */
  isBehind(connection: object): boolean;
  /** Of one server: keeps what need not be asked twice. */
  questions(clock: Clock): ServerQuestions;
  readonly control: ServerControl;
  readonly commits: CommitQuestion;
  /** Of one pool: keeps what need not be asked twice. */
  readsAndPositions(): ReadsAndPositions;
  /** Begins a transaction that only reads. All in `reached` is seen by it, nothing is seen that is not in `observed`. */
  beginSnapshot(connection: Pick<Sends, 'query'>): Promise<Reached>;
  readonly checks: ServerChecks;
  readonly proofs: ProofQuestions;
  readonly epochs: EpochRecords;
  readHistory(connection: Connection): Promise<HistoryAnswer>;
  /** Without what its group delivers unless `members` is true. */
  readHistoryFacts(connection: Connection, asked: { readonly members: boolean }): Promise<HistoryFacts>;
  /**
   * Where the server stood when it began its newest log, which it does when it starts, or when its log is thrown away: of one
   * that came back with an older copy, all that the copy had. What others wrote there before anybody looked is beyond. `null`
   * where it is not told.
   */
  startOfLog(connection: Connection, facts: HistoryFacts): Promise<Position | null>;
  readIdentity(connection: Connection): Promise<string>;
  /** The settings by which the server refuses everybody's writes. */
  refusedBy(connection: Connection): Promise<readonly string[]>;
  /** What a cluster on this machine needs; `null` of a kind that is never started here. */
  readonly local: LocalServers | null;
}

/** What a plan may count on. */
export type FlavourCapabilities = {
  /** Servers may elect their source among themselves. */
  readonly groups: boolean;
  /** What an administrator can do by statements; the rest takes somebody on the host. */
  readonly byStatements: MemberAbilities;
};

export type Reached = { readonly reached: Position; readonly observed: Position };

/** What one look tells, but for what is asked of every kind alike. */
export type ServerLook = Omit<ProbeReport, 'unable' | 'unwritable' | 'migrations' | 'settings'> &
  Required<Pick<ProbeReport, 'refusedBy'>> & {
    readonly settings: Pick<ServerSettings, 'variables' | 'channels'>;
  };

/** What the cluster asks a server again and again. */
export interface ServerQuestions {
  /** `epochs` is false where no record of promotions is kept: then none is read. */
  look(connection: Connection, asked: { readonly epochs: boolean }): Promise<ServerLook>;
  /** Rejects when it is the source, and gives no numbers to what it writes. */
  readPosition(connection: Connection, role: NodeRole): Promise<Reached>;
  /** Answers when the position is reached or the time is over; `applying` is false where it would never come. */
  waitFor(
    connection: Connection,
    position: Position,
    timeoutMs: number,
  ): Promise<{ readonly reached: Position; readonly applying: boolean }>;
}

/** What a new epoch is made of. */
export type HistoryFacts = Pick<HistoryAnswer, 'identity' | 'readOnly' | 'received' | 'receives'> & {
  /** Everything that it has logged or applied, and what it has received and is going to apply. */
  readonly all: Position;
  /** What each server has written last; empty where a position tells that as it is. */
  readonly byServer: readonly Position[];
  readonly applied: Position;
};

/** What a server says of a commit: means something to its own kind only. */
export type CommitAnswer = Readonly<Record<string, unknown>>;

export interface CommitQuestion {
  /** Sent at once, behind the commit on the same connection. */
  ask(connection: Pick<Sends, 'query'>): Promise<CommitAnswer | undefined>;
  /**
   * A position that includes what this connection just committed, `null` when that is known to have been nothing. `previous`
   * is its former answer. Else why no position tells of it, whatever it was.
   */
  own(answer: CommitAnswer, previous: CommitAnswer | undefined): Position | null | Untold;
}

/** Reads that are sent together with the question how far the server has come. */
export interface ReadsAndPositions {
  /**
   * `positions`: `null` where the server does not tell them with a read, and has to be asked behind it. Rejects with the
   * driver's error, also when what stands between does not let the two pass together.
   */
  read<T>(
    connection: Pick<Sends, 'query'>,
    statement: Statement,
    values: unknown,
  ): Promise<{ readonly answer: T; readonly positions: Reached | null }>;
}

/** Whether a server can do what it is there for, found by trying. All reject with the driver's error when it cannot. */
export interface ServerChecks {
  /** Rights to the database that were given or taken meanwhile count from here on. */
  enter(connection: Connection, database: string): Promise<void>;
  /** Reads a row of the table as reads do. */
  read(connection: Connection, table: string, columns: readonly string[]): Promise<void>;
  /** Has the server judge a write of these columns, and writes nothing. */
  write(connection: Connection, right: WriteRight, table: string, columns: readonly string[]): Promise<void>;
  /** While `work` runs, a lock of a whole table is waited for a second at most. */
  impatiently<T>(connection: Connection, work: () => Promise<T>): Promise<T>;
  /** The statement that gives an account these rights, to all of the database where no table is named. */
  grant(rights: readonly string[], database: string, table: string | null, account: string): string;
}

/** A transaction that writes leaves a mark that tells afterwards whether it was committed. */
export interface ProofQuestions {
  /** The server's number of the session behind the connection, `null` when it is not known. */
  sessionOf(connection: object): number | null;
  /** Sent behind the first write of a transaction, inside of it. */
  statement(proof: ProofMark): string;
  /** What became of it. */
  look(connection: Connection, proof: ProofMark & { readonly session: number }): Promise<ProofSeen>;
  /** Ends a session: what it has not committed is rolled back. */
  endSession(connection: Connection, session: number): Promise<void>;
  /** Whether a server of a group is in step with it: then what it has rolled back none of the others commits. */
  isInStep(connection: Connection): Promise<boolean>;
}

/** Who wrote it, and what it holds once the transaction is committed. */
export type ProofMark = { readonly writer: string; readonly number: number };

export type ProofSeen = {
  /** What the mark holds, `null` when there is none. `LOCKED`: its transaction is not over. */
  readonly mark: 'LOCKED' | string | null;
  readonly session: 'GONE' | 'AT_REST' | 'AT_WORK';
  /** How long the server has been running, in whole seconds. */
  readonly upS: number;
};

/** The table of promotions, in a transaction of the caller's. */
export interface EpochRecords {
  begin(connection: Connection): Promise<void>;
  /** The number of the newest epoch that the server knows of, which nobody changes before the transaction ends; 0 for none. */
  lockNewest(connection: Connection): Promise<number>;
  /** Who was the source of an epoch of which nobody had noted that. */
  nameSource(connection: Connection, epoch: number, sourceId: string): Promise<void>;
  /** `nowMs`: by the clock of whoever records it; the later of both clocks counts for an epoch without a time of its own. */
  insert(connection: Connection, record: EpochRecord, nowMs?: number): Promise<void>;
}

/** How the administrator of a server speaks to it. All that changes something resolves when it is done. */
export interface ServerControl {
  /** `reported`: where the server wants to be found, `null` when it does not say. */
  look(
    connection: Connection,
  ): Promise<Omit<MemberFacts, 'address' | 'abilities'> & { readonly reported: Reported | null }>;
  refuseWrites(connection: Connection): Promise<void>;
  acceptWrites(connection: Connection): Promise<void>;
  /** Lets an administrator write while everybody else is refused. */
  admitAdministrator(connection: Connection): Promise<void>;
  stopReceiving(connection: Connection): Promise<void>;
  startApplying(connection: Connection): Promise<void>;
  stopReplicating(connection: Connection, options: { readonly forget: boolean }): Promise<void>;
  follow(connection: Connection, source: FollowedSource): Promise<void>;
  /** Makes `target` hold what `source` holds, and nothing of its own. */
  copy(request: CopyRequest): Promise<void>;
  /** Why the data of this server cannot be copied over connections; empty when it can. */
  copyObstacles(connection: Connection, database: string): Promise<string[]>;
  /** Whether the server still has every transaction since its first. */
  hasAllTransactions(connection: Connection): Promise<boolean>;
  recordEpoch(connection: Connection, record: EpochRecord): Promise<void>;
}

type Reported = { readonly host: string; readonly port: number };

export type FollowedSource = Reported & {
  /** `null` where the server knows it already. */
  readonly account: { readonly user: string; readonly password: string } | null;
  /** What is sent is to be encrypted. */
  readonly encrypted: boolean;
};

export type CopyRequest = {
  /** Connections of their own, which end with the copy. */
  readonly source: Connection;
  readonly target: Connection;
  readonly database: string;
  /** The source's position; asked while it commits nothing. */
  readonly positionOfSource: () => Promise<Position>;
  readonly onTable: (table: string, rows: number) => void;
};
