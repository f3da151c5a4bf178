/**
 * Whether the API is reachable. The page shows the state as of the last answer.
 *
 *   heard   an answer came, of whatever kind
 *   silent  the health query was not answered in time, or the API could not be reached
 *
 * While it is silent, only the health query is sent.
 */
export type Contact = {
  readonly silent: boolean;
  /** `Date.now()` of the last answer; `null` before the first. */
  readonly heardAtMs: number | null;
};

let contact: Contact = { silent: false, heardAtMs: null };
const listeners = new Set<() => void>();

export function contactNow(): Contact {
  return contact;
}

export function heard(atMs: number = Date.now()): void {
  const wasSilent = contact.silent;
  contact = { silent: false, heardAtMs: atMs };
  if (wasSilent) publish();
}

export function fellSilent(): void {
  if (contact.silent) return;
  contact = { ...contact, silent: true };
  publish();
}

/** Calls on each change between heard and silent. Returns a function that unsubscribes. */
export function onContact(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(): void {
  for (const listener of [...listeners]) listener();
}
