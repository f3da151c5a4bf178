/** The one list of the kinds of servers. What tells them apart is in their folders. */
import { PositionCodec } from '../consistency/position-codec.ts';
import { mariadbPositions } from './mariadb/positions.ts';
import { mysqlPositions } from './mysql/positions.ts';

/** Reads and writes the positions of all of them. */
export const positions = new PositionCodec([mysqlPositions, mariadbPositions]);
