/** What an answer says about its own freshness: `extensions.consistency`, and when it came. */
export type AnswerFacts = {
  readonly node: string | null;
  readonly role: string | null;
  readonly reason: string | null;
  readonly level: string;
  readonly waitedMs: number;
  /** How long the answer had been in the cache; `null` if it did not come from the cache. */
  readonly cachedAgeMs: number | null;
  /** Duration of the whole request as measured by the page. */
  readonly tookMs: number;
  /** `Date.now()` on arrival. */
  readonly receivedAtMs: number;
};

/** `null` if the answer carries no facts, for example because no server was reached. */
export function answerFacts(extensions: unknown, tookMs: number, receivedAtMs: number): AnswerFacts | null {
  const said = record(record(extensions)?.consistency);
  if (said === null) return null;
  const servedBy = record(said.servedBy);
  return {
    node: text(servedBy?.node),
    role: text(servedBy?.role),
    reason: text(said.reason),
    level: text(said.level) ?? 'SESSION',
    waitedMs: amount(said.waitedMs) ?? 0,
    cachedAgeMs: amount(said.ageMs),
    tookMs,
    receivedAtMs,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
