/** Which migrations a server has, by its own record. */
export type AppliedMigrations = {
  readonly applied: readonly string[];
  /** Of those that this version needs. */
  readonly missing: readonly string[];
  /** How long ago it was read, and since when it is known to be so, at the time of the report. */
  readonly readAgoMs: number;
  readonly unchangedForMs: number;
};

/** Reports are not of one moment, and neither are the records in them. */
const slackMs = 5000;

/**
 * What a replica lacks of what its source has had for long enough to have arrived there; `null` lag is one that nobody knows, of
 * a replica that has stopped.
 */
export function notArrived(
  source: AppliedMigrations,
  replica: AppliedMigrations & { readonly lagMs: number | null },
): readonly string[] {
  const { applied, readAgoMs, lagMs } = replica;
  if (lagMs === null || !(source.unchangedForMs - readAgoMs > lagMs + slackMs)) return [];
  return source.applied.filter((name) => !applied.includes(name));
}
