import { useRef } from 'react';
import { randomKey } from '../../client/random-key.ts';

/**
 * The idempotency key of one intent. It stays the same while the input does, so that sending it again, from whatever control,
 * writes once. Another input is another intent.
 */
export function useIntentKey(): (input: unknown) => string {
  const last = useRef<{ readonly intent: string; readonly key: string } | null>(null);
  return (input) => {
    const intent = JSON.stringify(input);
    if (last.current?.intent !== intent) last.current = { intent, key: randomKey() };
    return last.current.key;
  };
}
