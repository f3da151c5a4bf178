/** The migrations of a server, according to its own record. */
export type AppliedMigrations = {
  readonly applied: readonly string[];
  /** Limited to those that this version needs. */
  readonly missing: readonly string[];
  /** Age of the record, and since when it has been in this state, at the time of the report. */
  readonly readAgoMs: number;
  readonly unchangedForMs: number;
};

/** Reports are taken at different moments, and so are the records in them. */
const slackMs = 5000;

/**
 * The migrations that a replica lacks although its source has had them for longer than the lag; a `null` lag is unknown, because the
 * replica has stopped.
 */
export function notArrived(
  source: AppliedMigrations,
  replica: AppliedMigrations & { readonly lagMs: number | null },
): readonly string[] {
  const { applied, readAgoMs, lagMs } = replica;
  if (lagMs === null || !(source.unchangedForMs - readAgoMs > lagMs + slackMs)) return [];
  return source.applied.filter((name) => !applied.includes(name));
}
