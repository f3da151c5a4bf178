import { currentEpoch, type EpochHistory } from './epoch.ts';
import { ConsistencyTimeoutError, EpochAheadError, WriteLostError } from './errors.ts';
import type { ResumedSession } from './resume-session.ts';
import type { Session } from './session.ts';

/**
 * A promise that cannot be kept is not made. Throws `WriteLostError`, which brings the token of all that is left, and
 * `EpochAheadError` or `ConsistencyTimeoutError` for what may still come.
 */
export function refuseBroken(
  { lost, ahead, behind, healed }: ResumedSession,
  history: EpochHistory,
  encode: (session: Session) => string,
): void {
  const [firstLost] = lost;
  if (firstLost !== undefined) {
    const { epoch, position } = firstLost;
    throw new WriteLostError({ epoch, currentEpoch: currentEpoch(history) ?? 0, position, token: encode(healed) });
  }
  if (ahead.length > 0) throw new EpochAheadError();
  const [firstBehind] = behind;
  if (firstBehind !== undefined) {
    throw new ConsistencyTimeoutError({ wanted: firstBehind.position, current: null, waitedMs: 0 });
  }
}
