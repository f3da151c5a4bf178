/**
 * Unsaved input. Leaving it asks first: going to another page, closing the form and, with the browser's own dialog, closing or
 * reloading the tab.
 */
import { useEffect, useRef } from 'react';

export type LeaveQuestion = { readonly what: string; readonly answer: (leave: boolean) => void };

type Work = { readonly what: string; readonly discard: () => void };

const unsaved = new Map<symbol, Work>();
const listeners = new Set<() => void>();
let question: LeaveQuestion | null = null;

export function hasUnsavedWork(): boolean {
  return unsaved.size > 0;
}

/**
 * While `what` is not `null` there is unsaved input, and `what` names it, such as `The new order`. `onDiscard` is called when the user
 * agrees to lose it: a form that outlives the navigation is then empty.
 */
export function useUnsavedWork(what: string | null, onDiscard: () => void): void {
  const key = useRef(Symbol('form')).current;
  const discard = useRef(onDiscard);
  discard.current = onDiscard;
  useEffect(() => {
    if (what === null) return;
    unsaved.set(key, { what, discard: () => discard.current() });
    if (unsaved.size === 1) window.addEventListener('beforeunload', refuse);
    return () => {
      unsaved.delete(key);
      if (unsaved.size === 0) window.removeEventListener('beforeunload', refuse);
    };
  }, [key, what]);
}

/** It was saved, or its subject is gone. */
export function abandonWork(): void {
  unsaved.clear();
  window.removeEventListener('beforeunload', refuse);
}

/** Asks if there is unsaved input. What the user has agreed to lose is not asked about again. */
export function mayLeave(): Promise<boolean> {
  const [first] = unsaved.values();
  if (first === undefined) return Promise.resolve(true);
  question?.answer(false);
  return new Promise((resolve) => {
    publish({
      what: first.what,
      answer: (leave) => {
        publish(null);
        if (leave) {
          for (const { discard } of [...unsaved.values()]) discard();
          abandonWork();
        }
        resolve(leave);
      },
    });
  });
}

export function questionNow(): LeaveQuestion | null {
  return question;
}

export function onQuestion(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(next: LeaveQuestion | null): void {
  question = next;
  for (const listener of [...listeners]) listener();
}

function refuse(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
