/**
 * Work that only one process at a time may do, such as a promotion.
 *
 * A lease expires, so a dead holder does not block others forever, and a slow holder may have lost it without knowing: before
 * each step that must not be done twice, `renew` must return true.
 */
export interface Lease {
  /** Extends the lease by its full time. False if it is lost, or that is unknown. */
  renew(): Promise<boolean>;
  /** Releases the lease if it is still held. `done` says that the work was done; `lastDone` counts from here. */
  release(options?: { done?: boolean }): Promise<void>;
}

/** Everything but `renew` rejects with a `CacheUnavailableError` if Redis does not answer. */
export interface Leases {
  /** The lease for `ttlMs`, or `null` while another process holds it. */
  acquire(name: string, ttlMs: number): Promise<Lease | null>;
  /** Milliseconds since a holder last reported the work as done; `null` if none did for as long as is remembered. */
  lastDone(name: string): Promise<number | null>;
}
