import type { DriverFault } from '../../servers/driver-fault.ts';

type Counting = { faultsMet(fault: DriverFault): number };
type Watched =
  | 'CONNECTION'
  | 'EXHAUSTED'
  | 'LOCK_TIMEOUT'
  | 'STATEMENT_TIMEOUT'
  | 'READ_ONLY'
  | 'VALUE'
  | 'UNABLE'
  | 'CHANGED'
  | 'ABSENT';

/** Whether a pool has met a fault since this call: Prisma's errors no longer distinguish faults. */
export function faultsSince(pool: Counting): (fault: Watched) => boolean {
  const before: Readonly<Record<Watched, number>> = {
    CONNECTION: pool.faultsMet('CONNECTION'),
    EXHAUSTED: pool.faultsMet('EXHAUSTED'),
    LOCK_TIMEOUT: pool.faultsMet('LOCK_TIMEOUT'),
    STATEMENT_TIMEOUT: pool.faultsMet('STATEMENT_TIMEOUT'),
    READ_ONLY: pool.faultsMet('READ_ONLY'),
    VALUE: pool.faultsMet('VALUE'),
    UNABLE: pool.faultsMet('UNABLE'),
    CHANGED: pool.faultsMet('CHANGED'),
    ABSENT: pool.faultsMet('ABSENT'),
  };
  return (fault) => pool.faultsMet(fault) > before[fault];
}
