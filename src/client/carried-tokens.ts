/**
 * What a client carries: the tokens that together describe what it has written and seen. Tokens are opaque, so a client cannot
 * compare or merge them; the server merges all that a request sends, and the token of its answer includes each of them.
 *
 *   answer to {a, b} brings t    a and b are dropped, t is kept: t includes both
 *   answers to overlapping       each brings its own token, and neither includes the other: both are kept, and the next
 *     requests                   request sends them together
 *   more than the maximum        the oldest are dropped, which is remembered as a debt
 *   tokens were refused          they are dropped: a debt
 *
 * While there is a debt the tokens do not cover the whole past, and only the source is fresh enough. An answer from the source settles
 * the debts that existed when its request was sent: it includes everything that was acknowledged then. The source of one database
 * knows nothing of another: so a store carries the tokens of one API. What they say of other databases goes along within them.
 */

/** The server reads eight: one is reserved for a cookie and one for a directive. */
export const maxTokens = 6;
/** Common proxies limit all headers of a request to 8 KiB. */
export const maxCharacters = 4000;

export type CarriedTokens = {
  /** Oldest first, without duplicates. */
  readonly tokens: readonly string[];
  /** How often something had to be dropped, and how many of these debts are settled. */
  readonly debts: number;
  readonly settled: number;
};

export const nothingCarried: CarriedTokens = { tokens: [], debts: 0, settled: 0 };

/** Whether the tokens miss something that the client has seen. */
export function needsSource({ debts, settled }: CarriedTokens): boolean {
  return debts > settled;
}

/** State after learning `token`, which includes all of `included`. */
export function learn(carried: CarriedTokens, token: string, included: readonly string[]): CarriedTokens {
  const kept = carried.tokens.filter((held) => held !== token && !included.includes(held));
  const tokens = [...kept, token];
  const all = tokens.length;
  while (tokens.length > 1 && (tokens.length > maxTokens || tokens.join().length > maxCharacters)) tokens.shift();
  return { ...carried, tokens, debts: carried.debts + (tokens.length < all ? 1 : 0) };
}

/** State after a request that sent `refused` was told that they are invalid. */
export function forget(carried: CarriedTokens, refused: readonly string[]): CarriedTokens {
  const tokens = carried.tokens.filter((held) => !refused.includes(held));
  // Another request was told the same before.
  if (tokens.length === carried.tokens.length) return carried;
  return { ...carried, tokens, debts: carried.debts + 1 };
}

/** State after an answer from the source, to a request sent when there were `debts` of them. */
export function settle(carried: CarriedTokens, debts: number): CarriedTokens {
  return debts > carried.settled ? { ...carried, settled: debts } : carried;
}
