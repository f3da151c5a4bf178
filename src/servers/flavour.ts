/**
 * Everything that tells one kind of server from another. A folder implements it, `flavours.ts` lists it, and nobody else asks
 * which kind it is. Questions are functions over a connection, so that a kind may ask in as many steps as it needs: what one
 * server answers in one statement another one has to be polled for.
 */
import type { Connection } from 'mariadb';
import type { MemberFacts } from '../cluster/failover/member.ts';
import type { NodeRole } from '../cluster/node.ts';
import type { HistoryAnswer } from '../cluster/node-probe.ts';
import type { ProbeReport } from '../cluster/node-status.ts';
import type { ServerSettings } from '../cluster/server-settings.ts';
import type { EpochRecord } from '../consistency/epoch.ts';
import type { Position } from '../consistency/position.ts';
import type { PositionKind } from '../consistency/position-kind.ts';
import type { Clock } from '../platform/clock.ts';
import type { Row } from './server-statements.ts';
import type { Untold } from './untold.ts';

export interface Flavour {
  readonly name: string;
  readonly positions: PositionKind;
  readonly capabilities: FlavourCapabilities;
  /** Whether the server behind an open connection is of this kind, by its greeting. */
  isBehind(connection: Pick<Connection, 'info'>): boolean;
  /** Of one server: keeps what need not be asked twice. */
  questions(clock: Clock): ServerQuestions;
  readonly control: ServerControl;
  readonly commits: CommitQuestion;
  readonly behindReads: BehindReads;
  /** Begins a transaction that only reads. All in `reached` is seen by it, nothing is seen that is not in `observed`. */
  beginSnapshot(connection: Pick<Connection, 'query'>): Promise<Reached>;
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
}

/** What a plan may count on. */
export type FlavourCapabilities = {
  /** Servers may elect their source among themselves. */
  readonly groups: boolean;
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
export type CommitAnswer = Row;

export interface CommitQuestion {
  /** Sent at once, behind the commit on the same connection. */
  ask(connection: Pick<Connection, 'query'>): Promise<CommitAnswer | undefined>;
  /**
   * The position of what this connection just committed, `null` when that was nothing. `previous` is its former answer.
   * Else why no position tells of it, whatever it was.
   */
  own(answer: CommitAnswer, previous: CommitAnswer | undefined): Position | null | Untold;
}

/** Questions that are joined with a read, in one text: an optimisation of drivers that can. */
export interface BehindReads {
  /** Statements that read the position, in the order in which they must run. */
  readonly position: readonly string[];
  /** The same for a replica of which `observesByReplication` is known to be false: all that `observed` needs, and no more. */
  readonly glance: readonly string[];
  observesByReplication(rows: readonly Row[], replicating: boolean): boolean;
  numbers(rows: readonly Row[]): boolean;
  reached(rows: readonly Row[], replicating: boolean): Position;
  observed(rows: readonly Row[], replication: readonly Row[]): Position;
}

/** How the administrator of a server speaks to it. All that changes something resolves when it is done. */
export interface ServerControl {
  /** `reported`: where the server wants to be found, `null` when it does not say. */
  look(connection: Connection): Promise<Omit<MemberFacts, 'address'> & { readonly reported: Reported | null }>;
  refuseWrites(connection: Connection): Promise<void>;
  acceptWrites(connection: Connection): Promise<void>;
  /** Lets an administrator write while everybody else is refused. */
  admitAdministrator(connection: Connection): Promise<void>;
  stopReceiving(connection: Connection): Promise<void>;
  startApplying(connection: Connection): Promise<void>;
  stopReplicating(connection: Connection, options: { readonly forget: boolean }): Promise<void>;
  follow(connection: Connection, source: FollowedSource): Promise<void>;
  /** Forgets every transaction of its own, and counts `position` as received. */
  holdOnly(connection: Connection, position: Position): Promise<void>;
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
