/**
 * What reads on a source cannot have seen although it is logged: commits that wait for a replica's acknowledgement. They may be
 * lost with the source, so no session may be made to wait for them.
 *
 *   no commit waits                                  everything logged counts as seen
 *   the waiting commits finish in a moment, as usual the same: they were visible by then
 *   no acknowledgements arrive any more (MariaDB)    the position of the last visible commit counts; immediately if it is
 *                                                    still the last one
 *   commits keep waiting (MySQL)                     they, and everything after them, do not count
 */
import type { Position } from '../../consistency/position.ts';
import type { Row } from '../rows.ts';

export type Ask = (sql: string) => Promise<readonly Row[]>;

export interface UnshownCommits {
  /** `observed` without them. It was asked for before, on the same server. */
  without(observed: Position, ask: Ask): Promise<Position>;
}
