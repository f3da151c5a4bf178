/**
 * What reads on a source cannot have seen although it is logged: commits that wait for a replica's acknowledgement. They may be
 * lost with the source, so no session may be told to wait for them.
 *
 *   nobody waits                                     all that is logged counts as seen
 *   who waited is done in a moment, as usual         the same: it was shown by then
 *   nobody is acknowledged any more (MariaDB)        what counts is the position of the last commit that was shown; at once
 *                                                    while that is still the last one
 *   somebody waits (MySQL)                           what it waits for, and all behind it, does not count
 *
 * On MariaDB two groups of commits can be logged and not shown, one waiting and one behind it: when the place up to which
 * the log is shown has moved twice, whatever was logged before is shown.
 */

import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import { MariadbGtidPosition } from '../mariadb/gtid-position.ts';
import { MysqlGtidSet } from '../mysql/gtid-set.ts';
import { type Row, textOf } from '../server-statements.ts';
import {
  isAwaited,
  ownedNow,
  type Place,
  placeShown,
  positionAt,
  shownOfLog,
  waitingThreads,
  withoutAwaited,
} from './unshown.ts';

export type Ask = (sql: string) => Promise<readonly Row[]>;

const momentMs = 20;
const lookEveryMs = 2;

export class UnshownCommits {
  readonly #clock: Clock;
  /** Of the last place that had to be looked up: the log is read from its beginning for that. */
  #lookedUp: { readonly place: Place; readonly position: Position } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `observed` without them. It was asked for before, on the same server. */
  async without(observed: Position, ask: Ask): Promise<Position> {
    if (!(observed instanceof MysqlGtidSet)) return this.#withoutUnshownLog(observed, ask);
    const threads = await ask(waitingThreads);
    return threads.length === 0 ? observed : withoutAwaited(observed, threads, (await ask(ownedNow))[0]);
  }

  async #withoutUnshownLog(observed: Position, ask: Ask): Promise<Position> {
    const untilMs = this.#clock.monotonic() + momentMs;
    let before: Place | null = null;
    for (let moves = 0; ; ) {
      const shown = await ask(shownOfLog);
      const place = placeShown(shown);
      if (place === null || !isAwaited(shown)) return observed;
      if (before !== null && !isSame(before, place)) moves += 1;
      if (moves >= 2) return observed;
      before = place;
      if (this.#lookedUp !== null && isSame(this.#lookedUp.place, place)) return this.#lookedUp.position;
      if (this.#clock.monotonic() >= untilMs) return this.#positionAt(place, ask);
      await this.#clock.sleep(lookEveryMs, { unref: true });
    }
  }

  async #positionAt(place: Place, ask: Ask): Promise<Position> {
    if (this.#lookedUp === null || !isSame(this.#lookedUp.place, place)) {
      const [row] = await ask(positionAt(place));
      this.#lookedUp = { place, position: MariadbGtidPosition.parse(textOf(row, 'position')) };
    }
    return this.#lookedUp.position;
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.position === b.position;
}
