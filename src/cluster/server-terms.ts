/** What people have to know of one kind of server when something is wrong with it: in the words that it understands. */
export interface ServerTerms {
  /** The variable that keeps everybody from writing. */
  readonly readOnlyVariable: string;
  /** Makes it refuse writes, now and after a restart. */
  readonly refuseWrites: string;
  /** Makes a replica follow nobody for good. */
  readonly leaveSource: string;
  /** The right to see what its log leaves out. */
  readonly logRight: string;
  /** Variables that decide whether what it writes has a number: unknown while one of them is. */
  readonly numberedBy: readonly string[];
  /** Makes a channel ask for transactions by their numbers. An ordinary replica's only channel has no name. */
  followByNumber(channel: string): string;
  /** Takes a replication filter away. */
  withoutFilter(channel: string, option: string): string;
}
