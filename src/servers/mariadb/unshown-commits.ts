/**
 * What a MariaDB source has logged but does not show yet, because it waits for a replica's acknowledgement. If no
 * acknowledgements arrive any more, the position of the last visible commit counts; immediately if it is still the last one.
 *
 * Two groups of commits can be logged and not visible, one waiting and one behind it: when the place up to which
 * the log is visible has moved twice, everything logged before is visible.
 */

import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ask, UnshownCommits } from '../mysql-family/unshown-commits.ts';
import { textOf } from '../rows.ts';
import { MariadbGtidPosition } from './gtid-position.ts';
import { isAwaited, type Place, placeShown, positionAt, shownOfLog } from './log-place.ts';

const momentMs = 20;
const pollEveryMs = 2;

export class MariadbUnshown implements UnshownCommits {
  readonly #clock: Clock;
  /** Of the last place that had to be looked up: the log has to be read from its beginning for that. */
  #lookedUp: { readonly place: Place; readonly position: Position } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async without(observed: Position, ask: Ask): Promise<Position> {
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
      await this.#clock.sleep(pollEveryMs, { unref: true });
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
