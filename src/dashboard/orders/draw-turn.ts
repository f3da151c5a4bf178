/**
 * When the changes that others have made are drawn. They come at any rate, and the page has one thread:
 *
 *   one after a while   at once
 *   many                together, so that drawing them takes a quarter of the time at most, however slow the machine is
 *   while somebody      a moment later, so that what they have pressed is drawn first
 *   presses something
 */
export type DrawTurn = {
  readonly nowMs: number;
  /** When the first of those that wait came. */
  readonly sinceMs: number;
  /** When some were drawn last, and what that took until they were seen. */
  readonly drawnMs: number;
  readonly tookMs: number;
  /** When a key or a button was pressed last. */
  readonly pressedMs: number;
};

const leastMs = 100;
const longestMs = 500;
const share = 4;
const afterPressMs = 120;

/** How long those that wait still have to; none does for longer than half a second. */
export function drawDelayMs({ nowMs, sinceMs, drawnMs, tookMs, pressedMs }: DrawTurn): number {
  const turnMs = drawnMs + Math.max(leastMs, share * tookMs);
  const dueMs = Math.min(Math.max(turnMs, pressedMs + afterPressMs), sinceMs + longestMs);
  return Math.max(0, dueMs - nowMs);
}
