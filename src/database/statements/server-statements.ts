import type { ProbeReport } from '../../cluster/node-status.ts';
import type { ServerSettings } from '../../cluster/server-settings.ts';
import type { Flavour, Position } from '../../consistency/position.ts';

export type Row = Readonly<Record<string, unknown>>;

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

/** Everything that the server families word differently. One implementation each; no other file knows a server's SQL. */
export interface ServerStatements {
  readonly flavour: Flavour;
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
  /** What is visible to reads that start later. `rows` holds one row per statement of `position`, or `look`'s row. */
  reached(rows: readonly Row[], replicating: boolean): Position;
  /** All that the server has, where that is not what is reached. `row` is `look`'s. */
  holdings(row: Row): Pick<ProbeReport, 'holds' | 'logged'>;
  /** How the server is set up. `row` is `look`'s. */
  settings(row: Row): ServerSettings;
  /** True when `observed` needs the rows of `replication`, read after those of `position`. */
  observesByReplication(rows: readonly Row[], replicating: boolean): boolean;
  /** What includes all that finished reads may have seen. `rows` holds one row per statement of `position`. */
  observed(rows: readonly Row[], replication: readonly Row[]): Position;
  /** Blocks until the position is applied or the seconds are over; column `outcome` is 0 when it was reached. */
  wait(position: Position, seconds: number): string;
  /** Begins a transaction that only reads, and fixes at once what it sees. */
  readonly beginSnapshot: string;
  /** What proves that a snapshot shows all that was logged before it; `null` where `reached` tells it as well. */
  readonly logProof: LogProof | null;
  /** Sent behind COMMIT on the same connection: columns that `own` reads. */
  readonly afterCommit: string;
  /** The position of what this connection just committed, `null` when that was nothing. `previous` is its former answer. */
  own(row: Row, previous: Row | undefined): Position | null;
}

export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return value === null || value === undefined ? '' : String(value);
}
