import type { Lease, Leases } from '../cluster/leases.ts';

const name = 'failover';
/** Longer than any step may take, so that `renew` before each step keeps the lease. */
const leaseMs = 30_000;

/** The right to promote automatically: a lease, or the reason for not getting one. */
export async function takeFailoverLease(leases: Leases, quietTimeMs: number): Promise<Lease | string> {
  const lease = await leases.acquire(name, leaseMs);
  if (lease === null) return 'another failover is running';
  // Read while holding the lease: the previous holder has recorded by now whether it did anything.
  const agoMs = await leases.lastDone(name).catch(async (error: unknown) => {
    await lease.release().catch(() => undefined);
    throw error;
  });
  if (agoMs === null || agoMs >= quietTimeMs) return lease;
  await lease.release();
  const seconds = Math.ceil((quietTimeMs - agoMs) / 1000);
  return `the last promotion was ${Math.round(agoMs / 1000)} s ago, within the quiet time: wait ${seconds} s, or promote without --if-source-down`;
}
