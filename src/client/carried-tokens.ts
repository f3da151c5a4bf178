/**
 * What a client carries: the tokens that together say what it has written and seen. Tokens are opaque, so a client cannot
 * compare or join them; the server joins all that a request sends, and the token of its answer includes each of them.
 *
 *   answer to {a, b} brings t    a and b are dropped, t is kept: t includes both
 *   answers to requests that     each brings its own token, and neither includes the other: all are kept, and the next
 *     overlapped                 request sends them together
 *   more than may be kept        the oldest are dropped, and that is remembered: a debt
 *   tokens were refused          they are dropped: a debt
 *
 * While there is a debt the tokens do not tell the whole past, and only the source is fresh enough. An answer that was read
 * at the source settles the debts that there were when its request left: it shows everything that was acknowledged then.
 */

/** The server reads eight: one is left for a cookie and one for a directive. */
export const mostTokens = 6;
/** Common proxies hold all headers of a request in 8 KiB. */
export const mostCharacters = 4000;

export type CarriedTokens = {
  /** Oldest first, each once. */
  readonly tokens: readonly string[];
  /** How often something had to be dropped, and how many of these times are settled. */
  readonly debts: number;
  readonly settled: number;
};

export const nothingCarried: CarriedTokens = { tokens: [], debts: 0, settled: 0 };

/** Whether the tokens leave out something that the client has seen. */
export function needsSource({ debts, settled }: CarriedTokens): boolean {
  return debts > settled;
}

/** After `token` was learned, which includes all of `included`. */
export function learn(carried: CarriedTokens, token: string, included: readonly string[]): CarriedTokens {
  const kept = carried.tokens.filter((held) => held !== token && !included.includes(held));
  const tokens = [...kept, token];
  const all = tokens.length;
  while (tokens.length > 1 && (tokens.length > mostTokens || tokens.join().length > mostCharacters)) tokens.shift();
  return { ...carried, tokens, debts: carried.debts + (tokens.length < all ? 1 : 0) };
}

/** After a request that sent `refused` was told that they are of no use. */
export function forget(carried: CarriedTokens, refused: readonly string[]): CarriedTokens {
  const tokens = carried.tokens.filter((held) => !refused.includes(held));
  // Another request was told the same before.
  if (tokens.length === carried.tokens.length) return carried;
  return { ...carried, tokens, debts: carried.debts + 1 };
}

/** After the source has answered a request that left when there had been `debts` of them. */
export function settle(carried: CarriedTokens, debts: number): CarriedTokens {
  return debts > carried.settled ? { ...carried, settled: debts } : carried;
}
