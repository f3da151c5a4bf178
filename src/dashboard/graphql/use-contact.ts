import { useEffect, useRef, useSyncExternalStore } from 'react';
import { contactNow, onContact } from './contact.ts';

/** Whether the API is silent. */
export function useSilence(): boolean {
  return useSyncExternalStore(onContact, () => contactNow().silent);
}

/** Calls when the API answers again after a silence. */
export function useOnReturn(call: () => void): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(
    () =>
      onContact(() => {
        if (!contactNow().silent) latest.current();
      }),
    [],
  );
}
