/**
 * The address bar as state: the path names the page, the query the choices on it. Navigation asks first if it would discard
 * unsaved input.
 */
import { useSyncExternalStore } from 'react';
import { at, within } from './base-path.ts';
import { hasUnsavedWork, mayLeave } from './unsaved-work.ts';

const listeners = new Set<() => void>();
let shown = addressNow();

/** Calls on each change of the address. Returns a function that unsubscribes. */
export function listenToLocation(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('popstate', onPopState);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('popstate', onPopState);
  };
}

/**
 * Navigates within this page, to `/cluster` for example, or `?size=50` for the same page. `replace` adds no history entry, for
 * choices that change letter by letter.
 */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (hasUnsavedWork()) void mayLeave().then((may) => may && go(to, replace));
  else go(to, replace);
}

function go(to: string, replace: boolean): void {
  const address = to.startsWith('?') ? window.location.pathname + to : at(to);
  if (address === addressNow()) return;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', address);
  tell();
}

function tell(): void {
  shown = addressNow();
  for (const listener of [...listeners]) listener();
}

/** Back and forward cannot be refused, so the old address is restored until the question is answered. */
function onPopState(): void {
  const wanted = addressNow();
  if (!hasUnsavedWork() || wanted === shown) {
    tell();
    return;
  }
  window.history.pushState(null, '', shown);
  void mayLeave().then((may) => {
    if (!may) return;
    window.history.pushState(null, '', wanted);
    tell();
  });
}

function addressNow(): string {
  return window.location.pathname + window.location.search;
}

/** Path within the page: `/` is the first page, wherever on its host the page lies. */
export function usePath(): string {
  return useSyncExternalStore(listenToLocation, () => within(window.location.pathname));
}

/** With a leading question mark, or empty. */
export function useSearch(): string {
  return useSyncExternalStore(listenToLocation, () => window.location.search);
}
