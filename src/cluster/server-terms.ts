/** Statements and names of one kind of server that problem texts use. */
export interface ServerTerms {
  /** The variable that makes it refuse all writes. */
  readonly readOnlyVariable: string;
  /** Makes it refuse writes, now and after a restart. */
  readonly refuseWrites: string;
  /** Stops a replica from replicating for good. */
  readonly leaveSource: string;
  /** The right to see what its log filters; `null` if its log filters nothing. */
  readonly logRight: string | null;
  /** Variables that decide whether its writes have a number: this is unknown while one of them is. */
  readonly numberedBy: readonly string[];
  /** Makes a channel replicate by GTID. An ordinary replica's only channel has no name. */
  followByNumber(channel: string): string;
  /** Removes a replication filter. */
  withoutFilter(channel: string, option: string): string;
}
