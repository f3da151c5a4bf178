/**
 * When a server that refuses reads is bypassed, and when it serves again. Pure.
 *
 *   counting  --a refusal that counts, the third within a minute--> refusing
 *   refusing  --the trial is answered--> counting, from none
 *   refusing  --the trial is refused, or its outcome is unknown--> refusing; the next trial is later, 30 s at most
 *   refusing  --the statement of the trial has become wrong by itself--> counting: nothing that was refused is left to try
 *   refusing  --five minutes, and the statement may be to blame--> counting: other servers may refuse it by now as well
 *
 *   what the error is about                     it counts
 *   the server: its limits, a crashed table     always
 *   what the statement asks for: room on its    when another server has answered the same read, or, if the operation had read
 *   disk or in its memory, a right, a table     before, all of it: the statement may ask for too much, and then every server
 *                                               refuses it
 *   the statement, its time, a lock             never
 *
 * A trial is the last read that was refused, sent there again by itself: any other read may need less, and proves nothing.
 */
export type ReadRefusal = {
  /** The server's own code. */
  readonly code: string;
  /** Every server may refuse the statement, because of what it asks for. */
  readonly mayBeStatement: boolean;
  /** The statement that fixes it, if the error tells. */
  readonly cure: string | null;
};

/** MOOT: the server refused the statement for a reason of the statement's own. */
export type TrialOutcome = 'ANSWERED' | 'REFUSED' | 'UNKNOWN' | 'MOOT';

export type Refusing = ReadRefusal & {
  readonly sinceMs: number;
  readonly trials: number;
  readonly nextTrialMs: number;
};

export type ReadRefusals = {
  /** When the latest refusals that count were met, oldest first. */
  readonly metMs: readonly number[];
  readonly refusing: Refusing | null;
};

export const noRefusals: ReadRefusals = { metMs: [], refusing: null };

const limit = { refusals: 3, withinMs: 60_000 };
const trialPauseMs = { first: 1000, longest: 30_000 };
const doubtfulForMs = 5 * 60_000;

/** A read was refused, and the refusal counts. */
export function afterRefusal(before: ReadRefusals, refusal: ReadRefusal, nowMs: number): ReadRefusals {
  if (before.refusing !== null) return before;
  const metMs = [...before.metMs.filter((ms) => ms > nowMs - limit.withinMs), nowMs];
  if (metMs.length < limit.refusals) return { metMs, refusing: null };
  const nextTrialMs = nowMs + trialPauseMs.first;
  return { metMs: [], refusing: { ...refusal, sinceMs: nowMs, trials: 0, nextTrialMs } };
}

export function afterTrial({ refusing }: ReadRefusals, outcome: TrialOutcome, nowMs: number): ReadRefusals {
  if (refusing === null || outcome === 'ANSWERED' || outcome === 'MOOT') return noRefusals;
  if (refusing.mayBeStatement && nowMs >= refusing.sinceMs + doubtfulForMs) return noRefusals;
  const trials = refusing.trials + 1;
  const pauseMs = Math.min(trialPauseMs.first * 2 ** trials, trialPauseMs.longest);
  return { metMs: [], refusing: { ...refusing, trials, nextTrialMs: nowMs + pauseMs } };
}

export function refusalTrouble(refusing: ReadRefusal | null): string | null {
  return refusing === null ? null : `answers, but refuses reads (${refusing.code})`;
}
