/**
 * The time zone of the page. The address may name it, as links with days in them do; otherwise it is the user's own or UTC, as
 * chosen.
 */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { listenToLocation, navigate } from './location.ts';
import { isZone } from './zoned-time.ts';

export const localZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;
const parameter = 'tz';
const storageKey = 'tidemark-zone';
const listeners = new Set<() => void>();
let wantsUtc = isUtcKept();

export const ZoneContext = createContext(localZone);

/** IANA name of the zone in which everything is shown. */
export function useZone(): string {
  return useContext(ZoneContext);
}

/** Sets the zone for all subscribers. */
export function useZoneOfPage(): string {
  return useSyncExternalStore(subscribe, zoneNow);
}

export function zoneNow(): string {
  return zoneIn(window.location.search) ?? (wantsUtc ? 'UTC' : localZone);
}

/** The zone in an address; `null` if it has none or an invalid one. */
export function zoneIn(search: string): string | null {
  const named = new URLSearchParams(search).get(parameter);
  return named !== null && isZone(named) ? named : null;
}

/** From now on, and in the address if that names one. */
export function chooseZone(zone: string): void {
  wantsUtc = zone === 'UTC' && localZone !== 'UTC';
  try {
    if (wantsUtc) localStorage.setItem(storageKey, 'UTC');
    else localStorage.removeItem(storageKey);
  } catch {
    // Kept for this visit only.
  }
  const search = new URLSearchParams(window.location.search);
  if (search.has(parameter)) {
    search.set(parameter, zone);
    navigate(`?${search}`, { replace: true });
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const stop = listenToLocation(listener);
  return () => {
    listeners.delete(listener);
    stop();
  };
}

function isUtcKept(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'UTC';
  } catch {
    return false;
  }
}
