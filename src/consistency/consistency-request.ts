/**
 * The consistency input of one operation: headers, the `@consistency` directive and the cookie, parsed into one request.
 * The directive wins over the header for everything but tokens: those are all collected, because each may name something that
 * the client has seen. All faults are listed, not only the first.
 *
 * A maximum staleness belongs to BOUNDED, and to SESSION as an additional bound. With EVENTUAL or STRONG it contradicts the
 * level and is a fault.
 */
import { BadConsistencyRequestError } from './errors.ts';
import { type ConsistencyLevel, consistencyLevels, type WhenBehind, whenBehindPolicies } from './levels.ts';

type Given<T> = T | null | undefined;

/** The raw input. An empty text counts as not sent. */
export type RawConsistencyRequest = {
  readonly headers?: {
    readonly token?: Given<string>;
    readonly level?: Given<string>;
    readonly whenBehind?: Given<string>;
    readonly waitMs?: Given<string>;
    readonly maxStalenessMs?: Given<string>;
  };
  readonly directive?: {
    readonly token?: Given<string>;
    readonly level?: Given<string>;
    readonly whenBehind?: Given<string>;
    readonly waitMs?: Given<number>;
    readonly maxStalenessMs?: Given<number>;
  };
  readonly cookieToken?: Given<string>;
};

export type ConsistencyDefaults = {
  readonly level: ConsistencyLevel;
  readonly whenBehind: WhenBehind;
  readonly waitMs: number;
  /** Maximum wait that a client may ask for. */
  readonly maxWaitMs: number;
  /** Default bound of a BOUNDED read. */
  readonly maxStalenessMs: number;
};

/** Where a token came from: an invalid cookie can be cleared by us, an invalid header only by the client. */
export const tokenCarriers = ['header', 'directive', 'cookie'] as const;
export type TokenCarrier = (typeof tokenCarriers)[number];
export type CarriedToken = { readonly text: string; readonly carrier: TokenCarrier };

/** The requested freshness of a read. What it means for one client: `ReadRequirement`. */
export type ConsistencyRequest = {
  readonly level: ConsistencyLevel;
  readonly whenBehind: WhenBehind;
  /** How long to wait for a replica. Ignored with BYPASS. */
  readonly waitMs: number;
  /** `null` if the read has no bound. */
  readonly maxStalenessMs: number | null;
  /** If false, reads do not advance the session: it keeps reading its own writes, and no more. Default: true. */
  readonly monotonicReads?: boolean;
};

/** Not verified yet. Each text once. */
export type WithTokens = { readonly tokens: readonly CarriedToken[] };

/** One day: a larger bound would be meaningless. */
export const stalenessLimitMs = 86_400_000;
export const maxTokens = 8;

/** Throws `BadConsistencyRequestError` with all faults. */
export function parseConsistencyRequest(
  { headers = {}, directive = {}, cookieToken }: RawConsistencyRequest,
  defaults: ConsistencyDefaults,
): ConsistencyRequest & WithTokens {
  const faults: string[] = [];
  const level = word('level', directive.level, headers.level, consistencyLevels, faults) ?? defaults.level;
  const whenBehind =
    word('when-behind', directive.whenBehind, headers.whenBehind, whenBehindPolicies, faults) ?? defaults.whenBehind;
  const waitMs = milliseconds('wait-ms', directive.waitMs, headers.waitMs, defaults.maxWaitMs, faults);
  const bound = milliseconds(
    'max-staleness-ms',
    directive.maxStalenessMs,
    headers.maxStalenessMs,
    stalenessLimitMs,
    faults,
  );
  if (bound !== null && level !== 'BOUNDED' && level !== 'SESSION') {
    faults.push(`max-staleness-ms needs level bounded or session, not ${level.toLowerCase()}`);
  }
  const tokens = collectTokens(headers.token, directive.token, cookieToken);
  if (tokens.length > maxTokens) faults.push(`${tokens.length} tokens were sent, at most ${maxTokens} are read`);
  if (faults.length > 0) throw new BadConsistencyRequestError(faults);
  return {
    tokens,
    level,
    whenBehind,
    waitMs: waitMs ?? defaults.waitMs,
    maxStalenessMs: level === 'BOUNDED' ? (bound ?? defaults.maxStalenessMs) : bound,
  };
}

function word<Word extends string>(
  name: string,
  directive: Given<string>,
  header: Given<string>,
  words: readonly Word[],
  faults: string[],
): Word | null {
  const read = (text: Given<string>): Word | null => {
    const trimmed = text?.trim() ?? '';
    if (trimmed === '') return null;
    const found = words.find((candidate) => candidate === trimmed.toUpperCase());
    if (found === undefined)
      faults.push(`${name} must be one of ${words.join(', ').toLowerCase()}, not ${quote(trimmed)}`);
    return found ?? null;
  };
  const fromHeader = read(header);
  return read(directive) ?? fromHeader;
}

function milliseconds(
  name: string,
  directive: Given<number>,
  header: Given<string>,
  capMs: number,
  faults: string[],
): number | null {
  const read = (given: Given<string | number>): number | null => {
    const text = String(given ?? '').trim();
    if (text === '') return null;
    const ms = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (ms <= capMs) return ms;
    faults.push(`${name} must be a whole number of milliseconds from 0 to ${capMs}, not ${quote(text)}`);
    return null;
  };
  const fromHeader = read(header);
  return read(directive) ?? fromHeader;
}

/** A header sent twice arrives as one, joined by commas. No token contains one. */
function collectTokens(header: Given<string>, directive: Given<string>, cookie: Given<string>): CarriedToken[] {
  const found = new Map<string, CarriedToken>();
  for (const [carrier, given] of [
    ['header', header] as const,
    ['directive', directive] as const,
    ['cookie', cookie] as const,
  ]) {
    for (const piece of given?.split(',') ?? []) {
      const text = piece.trim();
      if (text !== '' && !found.has(text)) found.set(text, { text, carrier });
    }
  }
  return [...found.values()];
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
