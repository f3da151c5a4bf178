/** How a server is set up, as far as what is promised depends on it: by the server's own names, in its own words. */
export type ServerSettings = {
  /** Of the tables that are read and written here. */
  readonly schema: string;
  /** A variable that the server does not have, or does not tell, is absent: nothing is known of it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whom it replicates from, and how; empty on a server that replicates from nobody. */
  readonly channels: readonly ReplicationChannel[];
  /** How long whoever has looked waits for a commit there, in milliseconds; absent where nobody told. */
  readonly longestCommitMs?: number;
};

export type ReplicationChannel = {
  /** Empty for the only one of an ordinary replica. */
  readonly name: string;
  /** `server_id` of the server that it receives from; empty while it has never reached it. */
  readonly sourceId: string;
  /** What decides whether it asks for transactions by their numbers or by a place in a file. */
  readonly follows: { readonly byNumber: boolean; readonly variable: string; readonly value: string };
  /** What is left out or renamed on the way, by the name of the option; without those that are empty. */
  readonly filters: Readonly<Record<string, string>>;
};
