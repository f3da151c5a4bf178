/**
 * Whether the API is heard of. Everything on the page is as of the last time that it was.
 *
 *   heard   an answer came, of whatever kind
 *   silent  it was asked how it is and did not answer in time, or could not be reached
 *
 * While it is silent nobody asks but the one who looks whether it is back.
 */
export type Contact = {
  readonly silent: boolean;
  /** When it was heard of last, as `Date.now()` says; `null` before the first time. */
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

/** Calls whenever it falls silent and whenever it is back. Returns what ends it. */
export function onContact(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(): void {
  for (const listener of [...listeners]) listener();
}
