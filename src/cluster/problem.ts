/**
 * A problem of the servers, as a value: what, where, which setting shows it, and the remedy.
 * Derived from the snapshot by the rules in `problems/` on demand; problems are not stored.
 */

/**
 * A closed list: clients, logs and alerts may rely on the codes. Those that `degrade` degrade the verdict; a server with one that `blinds`
 * has positions without information, so reads that must include a certain write are not sent there.
 */
export const problemCodes = {
  GTID_MODE_OFF: {
    degrades: true,
    blinds: true,
    description: 'A server does not number its transactions, so it is unknown which of them a replica has.',
  },
  GTID_MODE_PERMISSIVE: {
    degrades: true,
    description: 'A server is in transition to or from numbered transactions.',
  },
  SOURCE_CONFLICT: {
    degrades: true,
    description: 'A server accepts writes beside the source, or several do and it is unknown which is meant.',
  },
  SOURCE_DOUBTFUL: {
    degrades: true,
    description:
      'A server accepts writes and still replicates one that is unreachable: it is unknown whether it is the source.',
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
    description: 'The account lacks a right, to tables or to see the state of replication.',
  },
  TABLE_BROKEN: {
    degrades: true,
    description: 'A server answers and cannot read a table: its disk, its memory or the table itself.',
  },
  TABLE_SILENT: {
    degrades: true,
    description: 'A server answers, but reads of a table hang.',
  },
  READS_REFUSED: {
    degrades: true,
    description: 'A server answers and repeatedly refuses reads: a limit, its disk, its memory or a table.',
  },
  GROUP_HELD_UP: {
    degrades: true,
    description: 'Every commit of a group waits for one member, which does not apply what the others have.',
  },
  DEADLINES_CONTRADICT: {
    degrades: false,
    description: 'A commit may take longer on the server than the API waits for it.',
  },
  PREPARED_STATEMENTS_NEAR_LIMIT: {
    degrades: false,
    description: 'A server is close to its limit of prepared statements.',
  },
  WRITABLE_REPLICA: {
    degrades: false,
    description: 'A replica accepts writes: a write sent there never reaches the others.',
  },
  EPOCH_NOT_RECORDED: {
    degrades: true,
    description: 'A promotion or a restore could not be recorded, so a later process may not learn what was lost.',
  },
  EPOCHS_UNREAD: {
    degrades: true,
    description: 'The record of promotions cannot be read on a server, so it is unknown which history it is of.',
  },
  REDIS_UNAVAILABLE: {
    degrades: true,
    description: 'Redis cannot be reached, is full, or denies what is needed: nothing is cached, and jobs wait.',
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
    description: 'The source numbers transactions again, but has written none since: earlier ones have no number.',
  },
  GTIDS_OUT_OF_SEQUENCE: {
    degrades: true,
    blinds: true,
    description: 'The source has numbered transactions out of sequence, so a number does not tell what came before it.',
  },
  BINARY_LOG_OFF: {
    degrades: true,
    blinds: true,
    description: 'The source has no binary log, so transactions have no numbers and reach no replica.',
  },
  SESSIONS_NOT_LOGGED: {
    degrades: true,
    blinds: true,
    description: 'Writes of this service on the source are not logged, so they reach no replica.',
  },
  BINARY_LOG_FILTERED: {
    degrades: true,
    blinds: true,
    description: 'The source filters some writes from its log, so they reach no replica.',
  },
  BINARY_LOG_IN_INNODB: {
    degrades: true,
    blinds: true,
    description:
      'The source keeps its binary log in InnoDB: it is unknown when a transaction becomes visible and when it is counted.',
  },
  FOLLOWS_BY_FILE: {
    degrades: true,
    blinds: true,
    description:
      'A replica replicates by file and position, so its GTID position may count transactions that it lacks.',
  },
  REPLICATION_UNSEEN: {
    degrades: true,
    blinds: true,
    description:
      'The account may not see the state of replication on a replica, so it is unknown whether it filters something.',
  },
  REPLICATION_FILTERED: {
    degrades: true,
    blinds: true,
    description: 'A replica filters some writes of its source, and counts them as applied.',
  },
  EVENTS_SKIPPED: {
    degrades: true,
    blinds: true,
    description: 'A replica skips events that it cannot apply, or that are marked, and counts them as applied.',
  },
  UPDATES_NOT_LOGGED: {
    degrades: true,
    blinds: true,
    description: 'A replica replicates another one that does not log what it receives.',
  },
  SETTINGS_UNKNOWN: {
    degrades: false,
    description: 'The account may not see a setting that a guarantee depends on.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

type ProblemKind = { readonly degrades: boolean; readonly blinds?: true; readonly description: string };
export type ProblemCode = keyof typeof problemCodes;

export type Problem = {
  readonly code: ProblemCode;
  /** Name of the server; `null` if it concerns all of them. */
  readonly node: string | null;
  /** The problem and its consequence, as a sentence that names the server. */
  readonly message: string;
  /** The server's own name of the setting that shows it, and its value; `null` if there is none. */
  readonly variable: string | null;
  readonly value: string | null;
  /** The exact statements or setting that fix it; `null` if it needs investigation. */
  readonly cure: string | null;
};

export function degrades({ code }: Problem): boolean {
  return problemCodes[code].degrades;
}

/** True if the positions of the server do not say what it has. */
export function blinds({ code }: Problem): boolean {
  const kind: ProblemKind = problemCodes[code];
  return kind.blinds === true;
}

/** On one line: `source does not number … (gtid_mode=OFF). Cure: SET …`. */
export function problemInWords({ message, variable, value, cure }: Problem): string {
  const setting = variable === null ? '' : ` (${variable}=${value ?? 'unknown'})`;
  return `${message}${setting}.${cure === null ? '' : ` Cure: ${cure}`}`;
}
