/** How long clients may take. A client that dribbles its request is cut off; idle connections outlive those of usual load balancers. */
export type Patience = {
  /** For the head of a request, and for the whole of it. */
  readonly headMs: number;
  readonly requestMs: number;
  /** How often they are looked at. */
  readonly lookMs: number;
  /** From an answer to the next request of the same connection. */
  readonly idleMs: number;
};

export const usualPatience: Patience = { headMs: 10_000, requestMs: 30_000, lookMs: 2000, idleMs: 65_000 };
