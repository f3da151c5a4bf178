/** Settings of a server that guarantees depend on, by the server's own names and values. */
export type ServerSettings = {
  /** Of the tables that are read and written here. */
  readonly schema: string;
  /** A variable that the server does not have or show is absent: it is unknown. */
  readonly variables: Readonly<Record<string, string>>;
  /** The servers that it replicates, and how; empty if none. */
  readonly channels: readonly ReplicationChannel[];
  /** How long the probe's account waits for a commit there, in milliseconds; absent if unknown. */
  readonly maxCommitMs?: number;
};

export type ReplicationChannel = {
  /** Empty for the only one of an ordinary replica. */
  readonly name: string;
  /** `server_id` of its source; empty until it was connected once. */
  readonly sourceId: string;
  /** Whether it replicates by GTID or by file and position. */
  readonly follows: { readonly byNumber: boolean; readonly variable: string; readonly value: string };
  /** Filters and rewrites, by the name of the option; empty ones are left out. */
  readonly filters: Readonly<Record<string, string>>;
};
