import { type EpochHistory, judgeEpoch } from '../consistency/epoch.ts';
import type { Position } from '../consistency/position.ts';

export type Holdings = {
  /** Everything that the server has committed or applied. */
  readonly position: Position;
  readonly epochs: EpochHistory | null;
};

/**
 * The errant transactions of a server, in the server's own format. Transactions of an older epoch are judged by where that epoch
 * ended, because their numbers may have been reused. `null` if that cannot be determined, because a promotion since was not recorded.
 * Throws `MixedFlavourError`.
 */
export function errantTransactions(own: Holdings, source: Holdings): readonly string[] | null {
  const history = source.epochs ?? [];
  const beyond = own.position.missingIn(source.position);
  if (history.length === 0) return beyond;
  const token = { epoch: own.epochs?.at(-1)?.epoch ?? 0, position: own.position };
  const verdict = judgeEpoch(token, history);
  switch (verdict) {
    case 'current':
    case 'survived':
      return beyond;
    case 'lost': {
      const since = history.find(
        ({ epoch, endOfPrevious }) => epoch > token.epoch && endOfPrevious?.includes(own.position) === false,
      );
      return since?.endOfPrevious ? own.position.missingIn(since.endOfPrevious) : beyond;
    }
    case 'unknown':
      return beyond.length > 0 ? beyond : null;
    default:
      return verdict satisfies never;
  }
}
