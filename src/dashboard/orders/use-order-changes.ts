import { startTransition, useEffect, useRef, useState } from 'react';
import { type ListeningState, listen } from '../graphql/listen.ts';
import { pageTokens } from '../graphql/page-client.ts';
import { type OrderChange, orderChanged } from './live-documents.ts';

export type Change = OrderChange['orderChanged'] & {
  /** When the page was told, as `Date.now()` says. */
  readonly receivedAtMs: number;
};

const noVariables = {};
/** Changes that come close to each other are drawn together, the first of them with the next frame. */
const betweenMs = 100;

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
    let drawnMs = Number.NEGATIVE_INFINITY;
    const draw = () => {
      timer = undefined;
      drawnMs = performance.now();
      const changes = waiting;
      waiting = [];
      // What somebody does on the page goes before what somebody else did.
      startTransition(() => latest.current.onChanges(changes));
    };
    const stop = listen(orderChanged, noVariables, {
      onEvent: ({ orderChanged: change }) => {
        // From now on nothing on this page may be older than the change.
        learn(change.consistencyToken);
        if (change.missed > 0) latest.current.onGap(false);
        waiting.push({ ...change, receivedAtMs: Date.now() });
        timer ??= setTimeout(draw, Math.max(0, drawnMs + betweenMs - performance.now()));
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
      stop();
    };
  }, []);
  return state;
}
