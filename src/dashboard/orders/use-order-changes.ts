import { useEffect, useRef, useState } from 'react';
import { type ListeningState, listen } from '../graphql/listen.ts';
import { pageTokens } from '../graphql/page-client.ts';
import { type OrderChange, orderChanged } from './live-documents.ts';

const noVariables = {};

/** Tells of every change to an order, and of gaps in which some may have been missed. Resolves to how the line is. */
export function useOrderChanges(
  onChange: (change: OrderChange['orderChanged']) => void,
  onGap: () => void,
): ListeningState {
  const [state, setState] = useState<ListeningState>('open');
  const latest = useRef({ onChange, onGap });
  latest.current = { onChange, onGap };
  useEffect(() => {
    let opened = false;
    let learn = pageTokens.follow();
    return listen(orderChanged, noVariables, {
      onEvent: ({ orderChanged: change }) => {
        // From now on nothing on this page may be older than the change.
        learn(change.consistencyToken);
        if (change.missed > 0) latest.current.onGap();
        latest.current.onChange(change);
      },
      onState: (next) => {
        setState(next);
        if (next !== 'open') return;
        // Another server does not know what this one has told.
        learn = pageTokens.follow();
        if (opened) latest.current.onGap();
        opened = true;
      },
    });
  }, []);
  return state;
}
