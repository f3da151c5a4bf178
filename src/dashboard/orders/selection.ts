/** The selected orders, by id with their numbers. Survives paging and a reload of the tab. */
import { useSyncExternalStore } from 'react';

export type Selection = ReadonlyMap<string, string>;

const storageKey = 'tidemark-selected';
const listeners = new Set<() => void>();
let selection: Selection = kept();

export function useSelection(): Selection {
  return useSyncExternalStore(subscribe, () => selection);
}

export function select(orders: readonly { readonly id: string; readonly number: string }[], on: boolean): void {
  const next = new Map(selection);
  for (const { id, number } of orders) {
    if (on) next.set(id, number);
    else next.delete(id);
  }
  publish(next);
}

export function clearSelection(): void {
  publish(new Map());
}

function publish(next: Selection): void {
  selection = next;
  try {
    sessionStorage.setItem(storageKey, JSON.stringify([...next]));
  } catch {
    // Kept until the next reload.
  }
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function kept(): Selection {
  try {
    const pairs: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    if (!Array.isArray(pairs)) return new Map();
    return new Map(pairs.filter(isPair));
  } catch {
    return new Map();
  }
}

function isPair(pair: unknown): pair is readonly [string, string] {
  return Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
}
