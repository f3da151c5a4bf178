/**
 * Rows that have just changed are highlighted for a moment. The highlights end together and without a transition: a fading colour
 * repaints the whole table on every frame, and on a busy list that would be always.
 */
const litMs = 1200;
const togetherMs = 300;

const litUntilMs = new Map<HTMLElement, number>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function lightUp(row: HTMLElement): void {
  if (litUntilMs.size > 0) putOut();
  row.dataset.lit = '';
  litUntilMs.set(row, performance.now() + litMs);
  timer ??= setTimeout(putOut, litMs);
}

function putOut(): void {
  clearTimeout(timer);
  timer = undefined;
  const nowMs = performance.now();
  for (const [row, untilMs] of litUntilMs) {
    if (untilMs > nowMs && row.isConnected) continue;
    litUntilMs.delete(row);
    delete row.dataset.lit;
  }
  if (litUntilMs.size > 0) timer = setTimeout(putOut, togetherMs);
}
