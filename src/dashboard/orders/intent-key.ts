import { useRef } from 'react';
import { randomKey } from '../../client/random-key.ts';

/**
 * The idempotency key of what somebody wants done. It stays as long as they want the same: sent again, by whatever hand,
 * it is done once. Another input is another intent.
 */
export function useIntentKey(): (input: unknown) => string {
  const last = useRef<{ readonly intent: string; readonly key: string } | null>(null);
  return (input) => {
    const intent = JSON.stringify(input);
    if (last.current?.intent !== intent) last.current = { intent, key: randomKey() };
    return last.current.key;
  };
}
