/** The one list of the kinds of servers. What tells them apart is in their folders. */
import type { Connection } from 'mariadb';
import { PositionCodec } from '../consistency/position-codec.ts';
import type { Flavour } from './flavour.ts';
import type { FlavourName } from './flavour-name.ts';
import { mariadb } from './mariadb/flavour.ts';
import { mysql } from './mysql/flavour.ts';

export const flavours: Readonly<Record<FlavourName, Flavour>> = { mariadb, mysql };

const all = Object.values(flavours);

/** Reads and writes the positions of all of them. */
export const positions = new PositionCodec(all.map((flavour) => flavour.positions));

/** The kind of the server behind an open connection. */
export function flavourOf(connection: Pick<Connection, 'info'>): Flavour {
  for (const flavour of all) if (flavour.isBehind(connection)) return flavour;
  throw new Error('is a server of no kind that is known here');
}
