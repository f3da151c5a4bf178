/**
 * Work that only one process of all may do at a time, such as a promotion.
 *
 * A lease ends by itself after its time, so a holder that dies blocks nobody for ever, and a holder that is late may have
 * lost it without knowing: before each step that another holder must not repeat, `renew` has to say yes.
 */
export interface Lease {
  /** Holds on for another full time. False when the lease is lost, or when nobody can tell. */
  renew(): Promise<boolean>;
  /** Gives the lease back, if it is still held. `done` says that the work was done, and `lastDone` counts from here. */
  release(options?: { done?: boolean }): Promise<void>;
}

/** Everything but `renew` rejects with a `CacheUnavailableError` when the place where leases are kept does not answer. */
export interface Leases {
  /** The lease for `ttlMs`, or `null` while somebody else holds it. */
  acquire(name: string, ttlMs: number): Promise<Lease | null>;
  /** Milliseconds since a holder last said that the work was done; `null` when nobody did for as long as is remembered. */
  lastDone(name: string): Promise<number | null>;
}
