/**
 * When commits wait for a standby. PostgreSQL lets a commit wait without end for a standby that is gone. Here it goes on alone
 * after two seconds, as a source of the other kinds does, and waits again as soon as a standby has caught up.
 */
export type StandbysSeen = {
  /** Commits wait for a standby. */
  readonly waits: boolean;
  /** Time since some streaming standby last reported; `null` if none streams. */
  readonly silentMs: number | null;
  /** Some streaming standby lacks next to nothing. */
  readonly caughtUp: boolean;
};

export type Judged = {
  /** Since when no standby is there; `null` while one is. */
  readonly aloneSinceMs: number | null;
  readonly change: 'LIFT' | 'RESTORE' | null;
};

export const patienceMs = 2000;

export function judgeStandbys(seen: StandbysSeen, aloneSinceMs: number | null, nowMs: number): Judged {
  const { waits, silentMs, caughtUp } = seen;
  if (silentMs !== null && silentMs < patienceMs) {
    return { aloneSinceMs: null, change: !waits && caughtUp ? 'RESTORE' : null };
  }
  const sinceMs = aloneSinceMs ?? nowMs - Math.min(silentMs ?? 0, patienceMs);
  return { aloneSinceMs: sinceMs, change: waits && nowMs - sinceMs >= patienceMs ? 'LIFT' : null };
}
