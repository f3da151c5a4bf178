import { parseLsn } from '../lsn.ts';

/** Whether a standby can go on from where it is with the log that its source still has. */

/** The name of the file that holds a place, without its timeline. Names of later files are greater. */
export function fileOf(place: bigint, segmentBytes: bigint): string {
  const perLog = 0x1_0000_0000n / segmentBytes;
  const number = place / segmentBytes;
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, '0');
  return hex(number / perLog) + hex(number % perLog);
}

export type Place = { readonly system: string; readonly lsn: string; readonly segmentBytes: bigint };
export type Kept = {
  readonly system: string /** The oldest file, without its timeline. */;
  readonly oldestFile: string;
};

/** A copy is needed if the data is another cluster's, or if the source has discarded what comes next. */
export function needsCopy(own: Place, source: Kept): boolean {
  if (own.system !== source.system) return true;
  const place = parseLsn(own.lsn);
  return place === null || fileOf(place, own.segmentBytes) < source.oldestFile;
}
