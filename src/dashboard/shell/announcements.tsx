import { useSyncExternalStore } from 'react';

type Announcement = { readonly id: number; readonly text: string; readonly level: 'good' | 'bad' };

const shownMs = 6000;
const atOnce = 3;
let announcements: readonly Announcement[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

/** Announcements for all users, including those with screen readers: a few seconds each, at most three at once. */
export function announce(text: string, level: Announcement['level'] = 'good'): void {
  lastId += 1;
  const id = lastId;
  publish([...announcements, { id, text, level }].slice(-atOnce));
  setTimeout(() => publish(announcements.filter((one) => one.id !== id)), shownMs);
}

function publish(next: readonly Announcement[]): void {
  announcements = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Announcements() {
  const shown = useSyncExternalStore(subscribe, () => announcements);
  return (
    // The label keeps React Aria from hiding it while a dialog is open.
    <div className="announcements" role="status" aria-live="polite" data-react-aria-top-layer="true">
      {shown.map(({ id, text, level }) => (
        <p key={id} data-level={level}>
          {text}
        </p>
      ))}
    </div>
  );
}
