/**
 * Something that is wrong with the servers, as a value: what, where, which setting shows it, and what mends it.
 * Derived from the snapshot by the rules in `problems/`, each time somebody asks: nothing keeps one.
 */

/** A closed list: clients, logs and alerts may rely on the words. Those that `degrade` are reason enough for the verdict. */
export const problemCodes = {
  GTID_MODE_OFF: {
    degrades: true,
    description: 'The source gives its transactions no numbers, so nobody can tell which of them a replica has.',
  },
  GTID_MODE_PERMISSIVE: {
    degrades: true,
    description: 'The source is on its way to numbered transactions, and has not arrived.',
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
} as const satisfies Readonly<Record<string, { readonly degrades: boolean; readonly description: string }>>;
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

/** On one line: `source does not number … (gtid_mode=OFF). Cure: SET …`. */
export function problemInWords({ message, variable, value, cure }: Problem): string {
  const setting = variable === null ? '' : ` (${variable}=${value ?? 'unknown'})`;
  return `${message}${setting}.${cure === null ? '' : ` Cure: ${cure}`}`;
}
