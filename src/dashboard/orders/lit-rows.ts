/**
 * Rows that have just changed are lit for a moment. They go out together and at once: a colour that fades has the whole table
 * painted with every frame, and on a list that many people change at the same time that would be always.
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
