import { useEffect } from 'react';
import { contactNow } from '../graphql/contact.ts';

/** Calls at an interval while the page is visible and the API answers. */
export function useEvery(everyMs: number, call: () => unknown): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && !contactNow().silent) call();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, call]);
}
