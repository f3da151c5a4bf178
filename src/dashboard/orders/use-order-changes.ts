import { startTransition, useEffect, useRef, useState } from 'react';
import { type ListeningState, listen } from '../graphql/listen.ts';
import { pageTokens } from '../graphql/page-client.ts';
import { drawDelayMs } from './draw-turn.ts';
import { type OrderChange, orderChanged } from './live-documents.ts';

export type Change = OrderChange['orderChanged'] & {
  /** When the page was told, as `Date.now()` says. */
  readonly receivedAtMs: number;
};

const noVariables = {};
/** What somebody begins with. What follows until the button is up is part of it. */
const presses = ['pointerdown', 'keydown'] as const;

/** Tells of every change to an order, and of gaps in which some may have been missed. Resolves to how the line is. */
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
      // Something may have been pressed meanwhile.
      const stillMs = delayMs();
      if (stillMs > 0) {
        timer = setTimeout(draw, stillMs);
        return;
      }
      const begunMs = performance.now();
      drawnMs = begunMs;
      const changes = waiting;
      waiting = [];
      // What somebody does on the page goes before what somebody else did.
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
        // Another server does not know what this one has told.
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
