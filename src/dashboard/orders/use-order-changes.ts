import { startTransition, useEffect, useRef, useState } from 'react';
import { type ListeningState, listen } from '../graphql/listen.ts';
import { pageTokens } from '../graphql/page-client.ts';
import { drawDelayMs } from './draw-turn.ts';
import { type OrderChange, orderChanged } from './live-documents.ts';

export type Change = OrderChange['orderChanged'] & {
  /** When the page received it, by `Date.now()`. */
  readonly receivedAtMs: number;
};

const noVariables = {};
/** The events that start an interaction. What follows until the button is released is part of it. */
const presses = ['pointerdown', 'keydown'] as const;

/** Reports every change to an order, and every gap in which some may have been missed. Returns the state of the connection. */
export function useOrderChanges(
  onChanges: (changes: readonly Change[]) => void,
  onGap: (isFirst: boolean) => void,
): ListeningState {
  const [state, setState] = useState<ListeningState>('open');
  const latest = useRef({ onChanges, onGap });
  latest.current = { onChanges, onGap };
  useEffect(() => {
    let opened = false;
    let learn = pageTokens.follow();
    let waiting: Change[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let [sinceMs, drawnMs, tookMs, pressedMs] = [0, Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY];
    const delayMs = () => drawDelayMs({ nowMs: performance.now(), sinceMs, drawnMs, tookMs, pressedMs });
    const draw = () => {
      timer = undefined;
      // There may have been input meanwhile.
      const stillMs = delayMs();
      if (stillMs > 0) {
        timer = setTimeout(draw, stillMs);
        return;
      }
      const begunMs = performance.now();
      drawnMs = begunMs;
      const changes = waiting;
      waiting = [];
      // The user's own input goes before changes by others.
      startTransition(() => latest.current.onChanges(changes));
      requestAnimationFrame(() =>
        setTimeout(() => {
          tookMs = performance.now() - begunMs;
        }),
      );
    };
    const onPress = ({ timeStamp }: Event) => {
      pressedMs = timeStamp;
    };
    for (const press of presses) window.addEventListener(press, onPress, { capture: true, passive: true });
    const stop = listen(orderChanged, noVariables, {
      onEvent: ({ orderChanged: change }) => {
        // From now on nothing on this page may be older than the change.
        learn(change.consistencyToken);
        if (change.missed > 0) latest.current.onGap(false);
        if (waiting.length === 0) sinceMs = performance.now();
        waiting.push({ ...change, receivedAtMs: Date.now() });
        timer ??= setTimeout(draw, delayMs());
      },
      onState: (next) => {
        setState(next);
        if (next !== 'open') return;
        // Another server does not know what the previous one has announced.
        learn = pageTokens.follow();
        latest.current.onGap(!opened);
        opened = true;
      },
    });
    return () => {
      clearTimeout(timer);
      for (const press of presses) window.removeEventListener(press, onPress, { capture: true });
      stop();
    };
  }, []);
  return state;
}
