/**
 * Epochs: which history a position belongs to.
 *
 * Each promotion of a new source starts an epoch and records where the former history ended, as far as it survived.
 * A position alone cannot tell. MariaDB compares sequence numbers only, and after a failover that lost writes the new
 * source hands out the same numbers again: the lost `0-1-101` looks included as soon as `0-2-101` exists, and a reader
 * would be told that its lost write is there. So a token of an older epoch is never compared with the present position,
 * only with the end recorded for each promotion since. On MySQL a lost write is never included by anything, and a
 * reader would wait for it in vain: there the epoch turns a hang into an answer.
 *
 * Epochs count up by one: a missing number is a promotion that nobody remembers, and makes everything before it unknown.
 */
import type { Position } from './position.ts';

export type EpochRecord = {
  readonly epoch: number;
  /** The server that became the source. */
  readonly sourceId: string;
  /** Where the history before this epoch ended, as far as it survived. `null` when nobody knows, or for the first epoch. */
  readonly endOfPrevious: Position | null;
};

/** Oldest first. */
export type EpochHistory = readonly EpochRecord[];

/** Only `current` and `survived` allow comparing the position with that of a node. */
export const epochVerdicts = ['current', 'survived', 'lost', 'unknown'] as const;
export type EpochVerdict = (typeof epochVerdicts)[number];

/** The number of the present epoch, `null` while no history is known. */
export function currentEpoch(history: EpochHistory): number | null {
  return history.at(-1)?.epoch ?? null;
}

/** Whether what a token names is part of the present history. A `null` position of an older epoch is unknown. */
export function judgeEpoch(
  token: { readonly epoch: number; readonly position: Position | null },
  history: EpochHistory,
): EpochVerdict {
  const current = currentEpoch(history);
  if (current === null || token.epoch > current) return 'unknown';
  if (token.epoch === current) return 'current';
  const { position } = token;
  if (position === null) return 'unknown';
  const since = history.filter(({ epoch }) => epoch > token.epoch);
  let everyEndIsKnown = since.every(({ epoch }, index) => epoch === token.epoch + 1 + index);
  for (const { endOfPrevious } of since) {
    if (endOfPrevious === null || endOfPrevious.flavour !== position.flavour) everyEndIsKnown = false;
    else if (!endOfPrevious.includes(position)) return 'lost';
  }
  return everyEndIsKnown ? 'survived' : 'unknown';
}
