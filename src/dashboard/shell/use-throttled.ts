import { useCallback, useEffect, useRef } from 'react';

/**
 * Runs soon after it is called, and not again before `everyMs` have passed since it ended. Calls in between are merged into one run
 * afterwards.
 */
export function useThrottled(run: () => Promise<unknown>, soonMs: number, everyMs: number): () => void {
  const latest = useRef(run);
  latest.current = run;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const running = useRef(false);
  const wanted = useRef(false);
  const gone = useRef(false);

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
      running.current = false;
    };
  }, []);

  return useCallback(() => {
    const later = (delayMs: number) => {
      timer.current = setTimeout(async () => {
        timer.current = null;
        running.current = true;
        wanted.current = false;
        await latest.current();
        running.current = false;
        if (!gone.current) rest();
      }, delayMs);
    };
    // Keeps the slot taken until the next run is allowed.
    const rest = () => {
      timer.current = setTimeout(() => {
        timer.current = null;
        if (wanted.current) later(0);
      }, everyMs);
    };
    wanted.current = true;
    if (timer.current === null && !running.current) later(soonMs);
  }, [soonMs, everyMs]);
}
