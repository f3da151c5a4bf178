/**
 * Which position a server's answer stands for. Pure.
 *
 * A standby says how far it has replayed, and not on which timeline that is. What it receives is of a timeline whose history it
 * follows, so the place belongs to that timeline or, before the branch, to one that it came from. While it receives nothing, it
 * is at least on the timeline that it was last seen to receive or has recorded; if there is a history of a later one that began
 * before the place, either it has gone over to that, or it has passed the branch and keeps what the others have lost. Then only
 * what both have in common counts as reached, and both as observed.
 */
import type { Reached } from '../flavour.ts';
import { type TimelineEnd, WalPosition } from './wal-position.ts';
import type { PrimaryState, StandbyState, WalState } from './wal-state.ts';

/** Where a timeline came from, by its number: its ancestors, each up to where the next began. Timeline 1 has none. */
export type Timelines = ReadonlyMap<number, readonly TimelineEnd[]>;

/** `lastReceived`: the last timeline that it was seen to receive since its start. */
export function standingOf(state: WalState, timelines: Timelines, lastReceived: number | null): Reached {
  return state.standby ? standbyAt(state, timelines, lastReceived) : primaryAt(state, timelines);
}

function primaryAt({ timeline, shown, acknowledged }: PrimaryState, timelines: Timelines): Reached {
  const lsn = acknowledged !== null && acknowledged < shown ? acknowledged : shown;
  const position = placeOn(timeline, lsn, timelines);
  return { reached: position, observed: position };
}

function standbyAt({ replayed, receives, floor }: StandbyState, timelines: Timelines, last: number | null): Reached {
  if (receives !== null) {
    const position = placeOn(receives, replayed, timelines);
    return { reached: position, observed: position };
  }
  const timeline = Math.max(last ?? 0, floor.timeline, 1);
  const own = placeOn(timeline, replayed, timelines);
  const later = [...timelines].flatMap(([number, ancestors]) =>
    ancestors
      .filter((end) => end.timeline === timeline && end.lsn < replayed)
      .map((branch) => ({ branch, position: placeOn(number, replayed, timelines) })),
  );
  return {
    reached: later.reduce((reached, { branch }) => lesserOf(reached, placeOn(timeline, branch.lsn, timelines)), own),
    observed: later.reduce((observed, { position }) => observed.merge(position), own),
  };
}

/** Of timelines whose history is not known only the last one is named: what went before is unknown. */
export function placeOn(timeline: number, lsn: bigint, timelines: Timelines): WalPosition {
  const ends: TimelineEnd[] = [];
  for (const ancestor of timelines.get(timeline) ?? []) {
    if (lsn <= ancestor.lsn) return WalPosition.fromEnds([...ends, { timeline: ancestor.timeline, lsn }]);
    ends.push(ancestor);
  }
  return WalPosition.fromEnds([...ends, { timeline, lsn }]);
}

const lesserOf = (a: WalPosition, b: WalPosition): WalPosition => (a.includes(b) ? b : a);

/** A timeline's history file: a line for each ancestor with its number and the place where the next one began. */
export function ancestorsIn(text: string): readonly TimelineEnd[] {
  return text.split('\n').flatMap((line) => {
    const [, timeline, high, low] = /^\s*(\d+)\s+([0-9A-F]{1,8})\/([0-9A-F]{1,8})\s/i.exec(`${line}\n`) ?? [];
    if (high === undefined || low === undefined) return [];
    return [{ timeline: Number(timeline), lsn: (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`) }];
  });
}
