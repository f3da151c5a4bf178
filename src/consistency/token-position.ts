/**
 * A position as the bytes of a token. MySQL: UUIDs as 16 bytes, each interval as its distance from the one before and
 * its length. MariaDB: domain, server id and sequence number. Equal positions give equal bytes, because both flavours
 * are walked in their normal order.
 */
import type { Intervals } from './gtid-intervals.ts';
import { type MariadbGtid, MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { type GtidStream, MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';
import type { TokenBytesReader, TokenBytesWriter } from './token-bytes.ts';

const positionKinds = { none: 0, mysql: 1, mariadb: 2 } as const;

export function writePosition(writer: TokenBytesWriter, position: Position | null): void {
  if (position instanceof MysqlGtidSet) {
    const streams = [...position.streams()];
    writer.byte(positionKinds.mysql).number(streams.length);
    for (const { uuid, tag, intervals } of streams) {
      writer.bytes(Buffer.from(uuid.replaceAll('-', ''), 'hex')).text(tag);
      writeIntervals(writer, intervals);
    }
  } else if (position instanceof MariadbGtidPosition) {
    const gtids = position.gtids();
    writer.byte(positionKinds.mariadb).number(gtids.length);
    for (const { domainId, serverId, sequence } of gtids) writer.number(domainId).number(serverId).bigint(sequence);
  } else {
    writer.byte(positionKinds.none);
  }
}

/** Throws `RangeError` on bytes that `writePosition` cannot have written. */
export function readPosition(reader: TokenBytesReader): Position | null {
  const kind = reader.byte();
  switch (kind) {
    case positionKinds.none:
      return null;
    case positionKinds.mysql:
      return readMysql(reader);
    case positionKinds.mariadb:
      return readMariadb(reader);
    default:
      throw new RangeError(`No position is of kind ${kind}`);
  }
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

function readMysql(reader: TokenBytesReader): MysqlGtidSet {
  const streams: GtidStream[] = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const uuid = reader
      .bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    streams.push({ uuid, tag: reader.text(), intervals: readIntervals(reader) });
  }
  return MysqlGtidSet.fromStreams(streams);
}

function readMariadb(reader: TokenBytesReader): MariadbGtidPosition {
  const gtids: MariadbGtid[] = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    gtids.push({ domainId: reader.number(), serverId: reader.number(), sequence: reader.bigint() });
  }
  return MariadbGtidPosition.fromGtids(gtids);
}
