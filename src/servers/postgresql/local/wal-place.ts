/** Whether a standby can go on from where it is with the log that its source still has. */

/** A place in the log, such as `0/17A15A8`, as a number. */
export function placeOf(lsn: string): bigint {
  const [, high = '', low = ''] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn) ?? [];
  if (low === '') throw new Error(`${lsn} is not a place in a log`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

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
  return fileOf(placeOf(own.lsn), own.segmentBytes) < source.oldestFile;
}
