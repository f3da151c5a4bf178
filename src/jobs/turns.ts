/** Number of jobs of one client that get a place in every turn. */
const placesPerClient = 4;
/** BullMQ's maximum priority: later tasks come in sequence. */
const lastTurn = 2 ** 21 - 2;

/**
 * The turn of the n-th task of a job, counted from 0, so that jobs take turns: the n-th task of each comes in the n-th turn from the
 * current one, and a job of three orders does not wait for one of ten thousand. Of a client with many jobs, later ones come in every
 * second turn, every third, and so on: together they take little more than a few jobs would, however many there are.
 */
export function turnOfTask(n: number, { underWay, besides }: { underWay: number; besides: number }): number {
  const skipped = Math.floor(besides / placesPerClient);
  return Math.min(underWay + skipped + n * (skipped + 1), lastTurn);
}
