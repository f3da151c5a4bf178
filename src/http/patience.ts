/** Time limits for clients. A client that dribbles its request is cut off; idle connections outlive those of common load balancers. */
export type Patience = {
  /** For the head of a request, and for the whole of it. */
  readonly headMs: number;
  readonly requestMs: number;
  /** How often the limits are checked. */
  readonly lookMs: number;
  /** From a response to the next request on the same connection. */
  readonly idleMs: number;
};

export const defaultPatience: Patience = { headMs: 10_000, requestMs: 30_000, lookMs: 2000, idleMs: 65_000 };
