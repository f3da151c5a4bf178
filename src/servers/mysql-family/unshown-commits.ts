/**
 * What reads on a source cannot have seen although it is logged: commits that wait for a replica's acknowledgement. They may be
 * lost with the source, so no session may be told to wait for them.
 *
 *   nobody waits                                     all that is logged counts as seen
 *   who waited is done in a moment, as usual         the same: it was shown by then
 *   nobody is acknowledged any more (MariaDB)        what counts is the position of the last commit that was shown; at once
 *                                                    while that is still the last one
 *   somebody waits (MySQL)                           what it waits for, and all behind it, does not count
 */
import type { Position } from '../../consistency/position.ts';
import type { Row } from '../rows.ts';

export type Ask = (sql: string) => Promise<readonly Row[]>;

export interface UnshownCommits {
  /** `observed` without them. It was asked for before, on the same server. */
  without(observed: Position, ask: Ask): Promise<Position>;
}
