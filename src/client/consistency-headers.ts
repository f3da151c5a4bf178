import type { Departure } from './token-store.ts';

/** How fresh one call must be. What is left out is as the server is set up. */
export type CallConsistency = {
  readonly level?: 'eventual' | 'bounded' | 'session' | 'strong';
  /** What to do when no replica is fresh enough: wait and then ask the source, ask it at once, or fail. */
  readonly whenBehind?: 'wait' | 'bypass' | 'fail';
  readonly waitMs?: number;
  /** Goes with `bounded` and `session`. */
  readonly maxStalenessMs?: number;
};

export const tokenHeader = 'x-consistency-token';
const levelHeader = 'x-consistency-level';
const stalenessHeader = 'x-consistency-max-staleness-ms';

/** Whatever can be made into headers. */
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

/** Puts what a request takes along into its headers, beside what the caller has put there. */
export function loadHeaders(headers: Headers, { tokens, needsSource }: Departure): Headers {
  for (const token of tokens) headers.append(tokenHeader, token);
  const level = headers.get(levelHeader) ?? 'session';
  if (needsSource && level.toLowerCase() === 'session') {
    headers.set(levelHeader, 'strong');
    // The source is as fresh as can be, and the server refuses a bound beside it.
    headers.delete(stalenessHeader);
  }
  return headers;
}
