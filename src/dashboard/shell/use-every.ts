import { useEffect } from 'react';
import { contactNow } from '../graphql/contact.ts';

/** Calls again and again, while somebody looks at the page and the API is there. */
export function useEvery(everyMs: number, call: () => unknown): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && !contactNow().silent) call();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, call]);
}
