/** A GTID set in a token: UUIDs as 16 bytes, tags as text, each bound of an interval as its distance from the one before. */
import type { TokenBytesReader, TokenBytesWriter } from '../../consistency/token-bytes.ts';
import type { GtidStream } from './gtid-stream.ts';
import type { Intervals } from './intervals.ts';

export function writeStreams(writer: TokenBytesWriter, streams: readonly GtidStream[]): void {
  writer.number(streams.length);
  for (const { uuid, tag, intervals } of streams) {
    writer.bytes(Buffer.from(uuid.replaceAll('-', ''), 'hex')).text(tag);
    writeIntervals(writer, intervals);
  }
}

/** Throws `RangeError` when the bytes end early. */
export function readStreams(reader: TokenBytesReader): GtidStream[] {
  const streams: GtidStream[] = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const uuid = reader
      .bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    streams.push({ uuid, tag: reader.text(), intervals: readIntervals(reader) });
  }
  return streams;
}

function writeIntervals(writer: TokenBytesWriter, intervals: Intervals): void {
  writer.number(intervals.length / 2);
  let before = 0n;
  for (const bound of intervals) {
    writer.bigint(bound - before);
    before = bound;
  }
}

function readIntervals(reader: TokenBytesReader): Intervals {
  const intervals: bigint[] = [];
  let before = 0n;
  for (let left = reader.number() * 2; left > 0; left -= 1) {
    before += reader.bigint();
    intervals.push(before);
  }
  return intervals;
}
