import { useEffect } from 'react';

/** Calls again and again, while somebody looks at the page. */
export function useEvery(everyMs: number, call: () => unknown): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) call();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, call]);
}
