import { systemClock } from '../../src/platform/clock.ts';

const patienceMs = 30_000;

/** Resolves when the condition holds; rejects with what was waited for after half a minute. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { everyMs = 20 } = {},
): Promise<void> {
  const deadlineMs = systemClock.monotonic() + patienceMs;
  while (!(await holds())) {
    if (systemClock.monotonic() > deadlineMs) throw new Error(`Not within half a minute: ${what}`);
    await systemClock.sleep(everyMs);
  }
}
