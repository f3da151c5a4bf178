import type { ProbeReport } from '../../cluster/node-status.ts';
import type { ReplicationChannel } from '../../cluster/server-settings.ts';
import type { ServerTerms } from '../../cluster/server-terms.ts';
import type { Position } from '../../consistency/position.ts';
import type { PositionKind } from '../../consistency/position-kind.ts';
import type { Row } from '../rows.ts';
import type { Untold } from '../untold.ts';

/** All channels of one server as one: as stopped and as late as the worst of them. */
export type ReplicationState = Pick<
  ProbeReport,
  'applier' | 'receiving' | 'replicationError' | 'lagMs' | 'delayMs' | 'member' | 'group' | 'channels'
>;

/** Two questions, one right before a snapshot and one in it. */
export type LogProof = {
  readonly end: string;
  readonly shown: string;
  /** Whether somebody waits to be acknowledged, by an answer to `shown`: then `end` would not be answered. */
  isAwaited(shown: readonly Row[]): boolean;
  /** What was logged before `end` was asked, when the snapshot is known to show that much; else `null`. */
  proved(logged: Row | undefined, end: Row | undefined, shown: readonly Row[]): Position | null;
};

/** What the servers of this family word differently. One implementation each; no other file knows a server's SQL. */
export interface ServerStatements {
  readonly terms: ServerTerms;
  readonly positions: PositionKind;
  /** Variables that keep everybody from writing. */
  readonly refusals: readonly string[];
  /**
   * Whether the row of `look` tells what is reached. Else it has to be asked for, and there are moments at which the server
   * cannot tell: then it has what it could tell before.
   */
  readonly reachedInLook: boolean;
  /** Columns `identity`, `id`, `version`, `refusedBy`, `awaitsAcknowledgement`, and those that `reached` reads. */
  readonly look: string;
  /** Rows about replication, empty on a server that replicates from nobody. */
  readonly replication: string;
  /** One row about the server's place in its replication group, none without a group; `null` where there are no groups. */
  readonly membership: string | null;
  replicationOf(rows: readonly Row[], membership?: readonly Row[]): ReplicationState;
  /** Statements that read the position, in the order in which they must run. */
  readonly position: readonly string[];
  /** The same for a replica of which `observesByReplication` is known to be false: all that `observed` needs, and no more. */
  readonly glance: readonly string[];
  /** False when the server was found, in the answer to `position` or `glance`, to give no numbers to what it writes. */
  numbers(rows: readonly Row[]): boolean;
  /** What is visible to reads that start later. `rows` holds one row per statement of `position`, or `look`'s row. */
  reached(rows: readonly Row[], replicating: boolean): Position;
  /** All that the server has, where that is not what is reached. `row` is `look`'s. */
  holdings(row: Row): Pick<ProbeReport, 'holds' | 'logged'>;
  /** Variables that could break a promise from one moment to the next, by their names. `row` is `look`'s. */
  settings(row: Row): Readonly<Record<string, string>>;
  /** How the server replicates. `rows` are those of `replication`. */
  channels(rows: readonly Row[]): readonly ReplicationChannel[];
  /** One row that tells what is left out of the binary log; needs a right of its own. */
  logStatus(version: string): string;
  /** True when `observed` needs the rows of `replication`, read after those of `position`. */
  observesByReplication(rows: readonly Row[], replicating: boolean): boolean;
  /** What includes all that finished reads may have seen. `rows` holds one row per statement of `position`. */
  observed(rows: readonly Row[], replication: readonly Row[]): Position;
  /**
   * Blocks until the position is applied or the seconds are over; column `outcome` is 0 when it was reached. `null` where no
   * wait can be trusted: then the server is asked until it is there.
   */
  readonly wait: ((position: Position, seconds: number) => string) | null;
  /** Begins a transaction that only reads, and fixes at once what it sees. */
  readonly beginSnapshot: string;
  /** What proves that a snapshot shows all that was logged before it; `null` where `reached` tells it as well. */
  readonly logProof: LogProof | null;
  /** Sent behind COMMIT on the same connection: columns that `own` reads. */
  readonly afterCommit: string;
  /**
   * The position of what this connection just committed, `null` when that was nothing. `previous` is its former answer.
   * Else why no position tells of it, whatever it was.
   */
  own(row: Row, previous: Row | undefined): Position | null | Untold;
}
