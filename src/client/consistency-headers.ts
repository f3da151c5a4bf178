import type { Departure } from './token-store.ts';

/** Required freshness of one call. Omitted fields take the server's defaults. */
export type CallConsistency = {
  readonly level?: 'eventual' | 'bounded' | 'session' | 'strong';
  /** If no replica is fresh enough: wait and then read the source, read it at once, or fail. */
  readonly whenBehind?: 'wait' | 'bypass' | 'fail';
  readonly waitMs?: number;
  /** For `bounded` and `session`. */
  readonly maxStalenessMs?: number;
};

export const tokenHeader = 'x-consistency-token';
const levelHeader = 'x-consistency-level';
const stalenessHeader = 'x-consistency-max-staleness-ms';

/** Anything that `Headers` accepts. */
export type GivenHeaders = ConstructorParameters<typeof Headers>[0];

/** For any library that takes headers with a call. */
export function consistencyHeaders(call: CallConsistency): Record<string, string> {
  const headers: Record<string, string> = {};
  if (call.level !== undefined) headers[levelHeader] = call.level;
  if (call.whenBehind !== undefined) headers['x-consistency-when-behind'] = call.whenBehind;
  if (call.waitMs !== undefined) headers['x-consistency-wait-ms'] = String(call.waitMs);
  if (call.maxStalenessMs !== undefined) headers[stalenessHeader] = String(call.maxStalenessMs);
  return headers;
}

/** Adds a request's tokens to the caller's headers. */
export function loadHeaders(headers: Headers, { tokens, needsSource }: Departure): Headers {
  for (const token of tokens) headers.append(tokenHeader, token);
  const level = headers.get(levelHeader) ?? 'session';
  if (needsSource && level.toLowerCase() === 'session') {
    headers.set(levelHeader, 'strong');
    // The source is always the freshest, and the server refuses a bound with it.
    headers.delete(stalenessHeader);
  }
  return headers;
}
