/** Jobs of one client that have a place of their own in each turn. */
const placesPerClient = 4;
/** BullMQ counts no further: what comes later goes in sequence. */
const lastTurn = 2 ** 21 - 2;

/**
 * The turn in which the n-th task of a job comes, counted from 0, so that jobs take turns: the n-th of each comes in the n-th
 * turn from the one that is under way, and one of three orders does not wait for one of ten thousand. Those of a client with
 * many jobs come in every second turn, every third, and so on, the later its job the rarer: together they take little more
 * than a few, however many it asks for.
 */
export function turnOfTask(n: number, { underWay, besides }: { underWay: number; besides: number }): number {
  const skipped = Math.floor(besides / placesPerClient);
  return Math.min(underWay + skipped + n * (skipped + 1), lastTurn);
}
