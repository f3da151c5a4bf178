/**
 * Something that is wrong with the servers, as a value: what, where, which setting shows it, and what mends it.
 * Derived from the snapshot by the rules in `problems/`, each time somebody asks: nothing keeps one.
 */

/**
 * A closed list: clients, logs and alerts may rely on the words. Those that `degrade` are reason enough for the verdict; of a
 * server with one that `blinds`, no position says what it has, so whoever must see a certain write is not sent there.
 */
export const problemCodes = {
  GTID_MODE_OFF: {
    degrades: true,
    blinds: true,
    description: 'A server gives its transactions no numbers, so nobody can tell which of them a replica has.',
  },
  GTID_MODE_PERMISSIVE: {
    degrades: true,
    description: 'A server is on its way to numbered transactions, or from there, and has not arrived.',
  },
  SOURCE_CONFLICT: {
    degrades: true,
    description: 'A server takes writes beside the source, or several do and nobody can tell which is meant.',
  },
  SOURCE_DOUBTFUL: {
    degrades: true,
    description:
      'A server takes writes and still replicates one that cannot be asked: nobody can tell whether it is the source.',
  },
  NOT_MIGRATED: {
    degrades: true,
    description: 'A table or column is missing that this version needs.',
  },
  MIGRATION_MISSING: {
    degrades: true,
    description: 'A replica lacks a migration that its source has.',
  },
  TABLE_MISSING: {
    degrades: true,
    description: 'A replica lacks a table or column that its source has.',
  },
  RIGHT_MISSING: {
    degrades: true,
    description: 'The account lacks a right, to tables or to see how a server replicates.',
  },
  TABLE_BROKEN: {
    degrades: true,
    description: 'A server answers and cannot read a table: its disk, its memory or the table itself.',
  },
  TABLE_SILENT: {
    degrades: true,
    description: 'A server answers, but nobody who reads a table: something in it waits.',
  },
  GROUP_HELD_UP: {
    degrades: true,
    description: 'Every commit of a group waits for one member, which does not apply what the others have.',
  },
  DEADLINES_CONTRADICT: {
    degrades: false,
    description: 'A commit may wait on the server longer than it is waited for here.',
  },
  PREPARED_STATEMENTS_NEAR_LIMIT: {
    degrades: false,
    description: 'A server holds nearly as many prepared statements as it takes.',
  },
  WRITABLE_REPLICA: {
    degrades: false,
    description: 'A replica takes writes all the same: one that somebody sends there never reaches the others.',
  },
  EPOCH_NOT_RECORDED: {
    degrades: true,
    description: 'A promotion or a restore could not be recorded, so a later process may not hear of what it has lost.',
  },
  REDIS_UNAVAILABLE: {
    degrades: true,
    description: 'Redis cannot be reached, is full, or refuses what is needed: nothing is cached, and jobs wait.',
  },
  CLUSTER_ID_SHARED: {
    degrades: true,
    description:
      'Another cluster uses the same Redis under the same CLUSTER_ID. They are kept apart; their tokens are not.',
  },
  CLUSTER_SPLIT: {
    degrades: true,
    description: 'Processes of one cluster write to two sources, and share one Redis.',
  },
  GTIDS_JUST_BEGUN: {
    degrades: true,
    blinds: true,
    description: 'The source gives numbers again, but has written nothing since: what came before has none.',
  },
  GTIDS_OUT_OF_SEQUENCE: {
    degrades: true,
    blinds: true,
    description: 'The source has numbered transactions out of sequence, so a number does not tell what came before it.',
  },
  BINARY_LOG_OFF: {
    degrades: true,
    blinds: true,
    description: 'The source logs nothing, so nothing is numbered and no replica receives it.',
  },
  SESSIONS_NOT_LOGGED: {
    degrades: true,
    blinds: true,
    description: 'What this service writes to the source is not logged, so no replica receives it.',
  },
  BINARY_LOG_FILTERED: {
    degrades: true,
    blinds: true,
    description: 'The source leaves some of what is written out of its log, so no replica receives it.',
  },
  BINARY_LOG_IN_INNODB: {
    degrades: true,
    blinds: true,
    description: 'The source keeps its binary log in InnoDB: when a transaction shows and when it counts is not known.',
  },
  FOLLOWS_BY_FILE: {
    degrades: true,
    blinds: true,
    description: 'A replica follows by file and place, so what its position leaves out may be missing all the same.',
  },
  REPLICATION_UNSEEN: {
    degrades: true,
    blinds: true,
    description:
      'The account may not see how a replica replicates, so nobody can tell whether it leaves something out.',
  },
  REPLICATION_FILTERED: {
    degrades: true,
    blinds: true,
    description: 'A replica leaves out some of what its source writes, and counts it as applied.',
  },
  EVENTS_SKIPPED: {
    degrades: true,
    blinds: true,
    description: 'A replica skips what it cannot apply, or what is marked, and counts it as applied.',
  },
  UPDATES_NOT_LOGGED: {
    degrades: true,
    blinds: true,
    description: 'A replica follows another one that does not pass on what it receives.',
  },
  SETTINGS_UNKNOWN: {
    degrades: false,
    description: 'The account may not see a setting that a promise depends on.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

type ProblemKind = { readonly degrades: boolean; readonly blinds?: true; readonly description: string };
export type ProblemCode = keyof typeof problemCodes;

export type Problem = {
  readonly code: ProblemCode;
  /** Name of the server; `null` when it is about all of them. */
  readonly node: string | null;
  /** What it is and what follows from it, in a sentence that names the server. */
  readonly message: string;
  /** The server's own name of the setting that shows it, and what it is set to; `null` when no setting does. */
  readonly variable: string | null;
  readonly value: string | null;
  /** The exact statements or setting that mend it; `null` when nobody knows better than to look. */
  readonly cure: string | null;
};

export function degrades({ code }: Problem): boolean {
  return problemCodes[code].degrades;
}

/** True when no position of the server says what it has. */
export function blinds({ code }: Problem): boolean {
  const kind: ProblemKind = problemCodes[code];
  return kind.blinds === true;
}

/** On one line: `source does not number … (gtid_mode=OFF). Cure: SET …`. */
export function problemInWords({ message, variable, value, cure }: Problem): string {
  const setting = variable === null ? '' : ` (${variable}=${value ?? 'unknown'})`;
  return `${message}${setting}.${cure === null ? '' : ` Cure: ${cure}`}`;
}
