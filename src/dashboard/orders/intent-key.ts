import { useRef } from 'react';

/**
 * The idempotency key of what somebody wants done. It stays as long as they want the same: sent again, by whatever hand,
 * it is done once. Another input is another intent.
 */
export function useIntentKey(): (input: unknown) => string {
  const last = useRef<{ readonly intent: string; readonly key: string } | null>(null);
  return (input) => {
    const intent = JSON.stringify(input);
    if (last.current?.intent !== intent) last.current = { intent, key: newKey() };
    return last.current.key;
  };
}

/** `crypto.randomUUID` is missing on pages that did not come over HTTPS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
