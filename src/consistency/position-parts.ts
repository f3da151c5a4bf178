import { type MariadbGtid, MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { type GtidStream, MysqlGtidSet } from './mysql-gtid-set.ts';
import type { Position } from './position.ts';

/** What one server has contributed to a position. */
export type PositionPart = { readonly writer: string; position(): Position };

/** Of a MariaDB position only the last writer in each domain is known, which is the one that counts. */
export function partsOf(position: Position): readonly PositionPart[] {
  if (position instanceof MariadbGtidPosition) return position.gtids().map(partOfGtid);
  if (position instanceof MysqlGtidSet) return [...position.streams()].map(partOfStream);
  return [];
}

export function partOfGtid(gtid: MariadbGtid): PositionPart {
  return { writer: String(gtid.serverId), position: () => MariadbGtidPosition.fromGtids([gtid]) };
}

export function partOfStream(stream: GtidStream): PositionPart {
  return { writer: stream.uuid, position: () => MysqlGtidSet.fromStreams([stream]) };
}

/** Who writes as the server of an identity: a MariaDB identity begins with the server's number, a MySQL identity is its UUID. */
export function writerOf(identity: string): string {
  return identity.split('@')[0]?.toLowerCase() ?? '';
}
