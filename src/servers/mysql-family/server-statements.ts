import type { ProbeReport } from '../../cluster/node-status.ts';
import type { ReplicationChannel } from '../../cluster/server-settings.ts';
import type { ServerTerms } from '../../cluster/server-terms.ts';
import type { Position } from '../../consistency/position.ts';
import type { PositionKind } from '../../consistency/position-kind.ts';
import type { Row } from '../rows.ts';
import type { Untold } from '../untold.ts';

/** All channels of a server combined: as stopped and as late as the worst of them. */
export type ReplicationState = Pick<
  ProbeReport,
  'applier' | 'receiving' | 'replicationError' | 'lagMs' | 'delayMs' | 'member' | 'group' | 'channels'
>;

/** Two questions, one right before a snapshot and one inside it. */
export type LogProof = {
  readonly end: string;
  readonly shown: string;
  /** Whether a commit is waiting for an acknowledgement, by an answer to `shown`: if so, `end` would block. */
  isAwaited(shown: readonly Row[]): boolean;
  /** What was logged before `end` was asked, if the snapshot is known to show that much; otherwise `null`. */
  proved(logged: Row | undefined, end: Row | undefined, shown: readonly Row[]): Position | null;
};

/** What differs between the servers of this family. One implementation each; no other file contains a server's SQL. */
export interface ServerStatements {
  readonly terms: ServerTerms;
  readonly positions: PositionKind;
  /** Variables that make a server refuse all writes. */
  readonly refusals: readonly string[];
  /**
   * Whether the row of `probe` contains the reached position. If not, it is asked for separately, and at times the server
   * cannot answer: then the last known position holds.
   */
  readonly reachedInProbe: boolean;
  /** Columns `identity`, `id`, `version`, `refusedBy`, `awaitsAcknowledgement`, and those that `reached` reads. */
  readonly probe: string;
  /** Rows about replication; empty on a server that is not a replica. */
  readonly replication: string;
  /** One row about the server's place in its replication group, none without a group; `null` for a kind without groups. */
  readonly membership: string | null;
  replicationOf(rows: readonly Row[], membership?: readonly Row[]): ReplicationState;
  /** Statements that read the position, in the order in which they must run. */
  readonly position: readonly string[];
  /** The same for a replica for which `observesByReplication` is known to be false: only what `observed` needs. */
  readonly glance: readonly string[];
  /** False if the answer to `position` or `glance` shows that the server gives its writes no GTIDs. */
  numbers(rows: readonly Row[]): boolean;
  /** What is visible to reads that start later. `rows` has one row per statement of `position`, or the row of `probe`. */
  reached(rows: readonly Row[], replicating: boolean): Position;
  /** Everything the server has, if that is not what it has reached. `row` is that of `probe`. */
  holdings(row: Row): Pick<ProbeReport, 'holds' | 'logged'>;
  /** Variables whose change could break a guarantee at any moment, by name. `row` is that of `probe`. */
  settings(row: Row): Readonly<Record<string, string>>;
  /** How the server replicates. `rows` are those of `replication`. */
  channels(rows: readonly Row[]): readonly ReplicationChannel[];
  /** One row with what the binary log leaves out; needs a privilege of its own. */
  logStatus(version: string): string;
  /** True if `observed` needs the rows of `replication`, read after those of `position`. */
  observesByReplication(rows: readonly Row[], replicating: boolean): boolean;
  /** A position that includes everything finished reads may have seen. `rows` has one row per statement of `position`. */
  observed(rows: readonly Row[], replication: readonly Row[]): Position;
  /**
   * Blocks until the position is applied or the seconds are up; column `outcome` is 0 if it was reached. `null` for a kind
   * without a wait that can be trusted: then the server is polled.
   */
  readonly wait: ((position: Position, seconds: number) => string) | null;
  /** Begins a read-only transaction whose snapshot is fixed immediately. */
  readonly beginSnapshot: string;
  /** Proves that a snapshot shows everything logged before it; `null` if `reached` already proves it. */
  readonly logProof: LogProof | null;
  /** Sent after COMMIT on the same connection: the columns that `own` reads. */
  readonly afterCommit: string;
  /**
   * The position of what this connection just committed; `null` if that was nothing. `previous` is the connection's previous
   * answer. Otherwise the reason why no position covers the commit.
   */
  own(row: Row, previous: Row | undefined): Position | null | Untold;
}
