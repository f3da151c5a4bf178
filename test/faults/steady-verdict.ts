// What became of the writes of steady clients. Each carries its number in the charge of its order. Pure.

/** One order that a client meant to write, however often it had to say so. */
export type SteadyWrite = {
  readonly number: number;
  readonly acknowledged: boolean;
  readonly attempts: number;
};

export type SteadyVerdict = {
  readonly lost: number;
  readonly duplicated: number;
  /** Sent again and again with one key, and still nobody said what became of it. */
  readonly unsettled: number;
};

/** `found` is how many orders the source has of each number. */
export function judgeSteadyWrites(writes: readonly SteadyWrite[], found: ReadonlyMap<number, number>): SteadyVerdict {
  const countOf = ({ number }: SteadyWrite) => found.get(number) ?? 0;
  return {
    lost: writes.filter((write) => write.acknowledged && countOf(write) === 0).length,
    duplicated: writes.filter((write) => countOf(write) > 1).length,
    unsettled: writes.filter(({ acknowledged }) => !acknowledged).length,
  };
}
