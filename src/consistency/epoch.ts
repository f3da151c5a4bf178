/**
 * Epochs: which history a position belongs to.
 *
 * Each promotion of a new source starts an epoch and records where the previous history ended, as far as it survived.
 * A position alone is not enough. MariaDB compares sequence numbers only, and after a failover that lost writes the new
 * source assigns the same numbers again: the lost `0-1-101` seems to be included as soon as `0-2-101` exists, and a reader
 * would be told that its lost write is there. So a token of an older epoch is never compared with the current position,
 * only with the end recorded for each promotion since. On MySQL a lost write is never included in anything, and a
 * reader would wait for it in vain: there the epoch turns a hang into an answer.
 *
 * Epochs are numbered without gaps: a missing number is a forgotten promotion, and makes everything before it unknown.
 */

import type { Position } from './position.ts';

export type EpochRecord = {
  readonly epoch: number;
  /** The server that became the source. */
  readonly sourceId: string;
  /** Where the history before this epoch ended, as far as it survived. `null` if unknown, or for the first epoch. */
  readonly endOfPrevious: Position | null;
  /** When it was recorded, in milliseconds since the Unix epoch; absent if unknown. */
  readonly startedAtMs?: number;
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

type Judged = { readonly epoch: number; readonly position: Position | null; readonly issuedAtMs?: number };

/**
 * Whether what a token names is part of the present history. A `null` position of an older epoch is unknown.
 *
 * An epoch that begins with the same source as the one before (it was restored from an older copy) or that was recorded
 * late is heard of at different times. What a process hands out meanwhile still wears the old number, and is no loss: what
 * was issued when the record was there already is left to the source's own history.
 */
export function judgeEpoch(token: Judged, history: EpochHistory): EpochVerdict {
  const current = currentEpoch(history);
  if (current === null || token.epoch > current) return 'unknown';
  if (token.epoch === current) return 'current';
  const { position } = token;
  if (position === null) return 'unknown';
  const since = history.filter(({ epoch }) => epoch > token.epoch);
  let everyEndIsKnown = since.every(({ epoch }, index) => epoch === token.epoch + 1 + index);
  for (const record of since) {
    const { endOfPrevious } = record;
    if (endOfPrevious === null || endOfPrevious.flavour !== position.flavour) everyEndIsKnown = false;
    else if ((token.issuedAtMs ?? 0) >= (record.startedAtMs ?? Number.POSITIVE_INFINITY)) continue;
    else if (!endsBehind(position, endOfPrevious, newcomerIn(record, history, position))) return 'lost';
  }
  return everyEndIsKnown ? 'survived' : 'unknown';
}

/** What is left of a lost position in the present history: a position that includes it. `null` when that is nothing. */
export function survivorsOf(
  token: { readonly epoch: number; readonly position: Position | null },
  history: EpochHistory,
): Position | null {
  let rest = token.position;
  for (const { epoch, endOfPrevious } of history) {
    if (epoch <= token.epoch || rest === null || endOfPrevious === null) continue;
    const shared = rest.intersect(endOfPrevious);
    rest = shared?.isEmpty() ? null : shared;
  }
  return rest;
}

/**
 * A promotion made outside is recorded a moment later, and until then processes that do not know of it issue tokens of the old
 * epoch that include what the new source has written. If that server was not the source before, these are its own writes, and
 * no loss.
 */
function endsBehind(position: Position, end: Position, newcomer: string | null): boolean {
  if (end.includes(position)) return true;
  return (
    newcomer !== null && position.parts().every((part) => part.writer === newcomer || end.includes(part.position()))
  );
}

/** The server that began an epoch, when it was another one than that of the epoch before. */
function newcomerIn({ epoch, sourceId }: EpochRecord, history: EpochHistory, position: Position): string | null {
  const before = history.find((record) => record.epoch === epoch - 1);
  if (before === undefined || before.sourceId === '' || sourceId === '') return null;
  const newcomer = position.writerOf(sourceId);
  return newcomer === position.writerOf(before.sourceId) ? null : newcomer;
}
