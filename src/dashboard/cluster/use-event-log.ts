import { useEffect, useState } from 'react';
import { ask } from '../graphql/ask.ts';
import { type ListeningState, listen } from '../graphql/listen.ts';
import { refetchSoon } from '../shell/cluster-watch.ts';
import { type ClusterHappening, clusterEventLog, clusterEvents } from './cluster-documents.ts';
import { mergeEvents } from './merge-events.ts';

export const keptEvents = 100;

export type EventLog = { readonly events: readonly ClusterHappening[] | null; readonly state: ListeningState };

/** Cluster events, newest first, including those from before the page was opened. */
export function useEventLog(): EventLog {
  const [events, setEvents] = useState<readonly ClusterHappening[] | null>(null);
  const [state, setState] = useState<ListeningState>('open');
  useEffect(() => {
    let over = false;
    const add = (more: readonly ClusterHappening[]) => {
      if (!over) setEvents((known) => mergeEvents(known ?? [], more, keptEvents));
    };
    const stop = listen(
      clusterEvents,
      {},
      {
        onEvent: ({ clusterEvents: event }) => {
          add([event]);
          refetchSoon();
        },
        onState: async (now) => {
          if (over) return;
          setState(now);
          // Events may have been missed while the subscription was down.
          const { data } = now === 'open' ? await ask(clusterEventLog, { last: keptEvents }) : { data: null };
          if (data !== null) add(data.clusterEventLog);
        },
      },
    );
    return () => {
      over = true;
      stop();
    };
  }, []);
  return { events, state };
}
