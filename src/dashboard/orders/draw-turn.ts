/**
 * When changes by others are rendered. They arrive at any rate, and the page has one thread:
 *
 *   one after a while     at once
 *   many                  batched, so that rendering takes at most a quarter of the time, however slow the machine is
 *   during user input     a moment later, so that the response to the input is rendered first
 */
export type DrawTurn = {
  readonly nowMs: number;
  /** Arrival of the oldest change that waits. */
  readonly sinceMs: number;
  /** When changes were last rendered, and how long that took until they were visible. */
  readonly drawnMs: number;
  readonly tookMs: number;
  /** The last key press or click. */
  readonly pressedMs: number;
};

const leastMs = 100;
const maxMs = 500;
const share = 4;
const afterPressMs = 120;

/** How long waiting changes must still wait; at most half a second. */
export function drawDelayMs({ nowMs, sinceMs, drawnMs, tookMs, pressedMs }: DrawTurn): number {
  const turnMs = drawnMs + Math.max(leastMs, share * tookMs);
  const dueMs = Math.min(Math.max(turnMs, pressedMs + afterPressMs), sinceMs + maxMs);
  return Math.max(0, dueMs - nowMs);
}
