import { useEffect, useState } from 'react';
import { ask } from '../graphql/ask.ts';
import type { Failure } from '../graphql/failure.ts';
import { type ListeningState, listen } from '../graphql/listen.ts';
import { keptRows, type LiveRows, noRows, withAnswer, withOperations, withPause } from './live-rows.ts';
import { type RoutedOperation, type RoutingFilter, routingLog, routingLogged } from './routing-documents.ts';

/** Minimum interval between renders: a busy API routes thousands of operations a second. */
const drawEveryMs = 250;

export type RoutingLogState = LiveRows & {
  readonly listening: ListeningState;
  /** True if the API keeps no log. */
  readonly isOff: boolean;
  readonly failure: Failure | null;
  readonly pause: (paused: boolean) => void;
  readonly retry: () => void;
};

export function useRoutingLog(filter: RoutingFilter): RoutingLogState {
  const [rows, setRows] = useState<LiveRows>(noRows);
  const [listening, setListening] = useState<ListeningState>('open');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isOff, setIsOff] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const key = JSON.stringify(filter);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the filter, which is a new object on each render, and `attempt` for a retry
  useEffect(() => {
    let over = false;
    let waiting: RoutedOperation[] = [];
    // The rows shown belong to another filter.
    setRows((before) => ({ ...noRows, paused: before.paused }));
    const timer = setInterval(() => {
      const more = waiting;
      waiting = [];
      if (more.length > 0) setRows((before) => withOperations(before, more));
    }, drawEveryMs);
    const stop = listen(
      routingLogged,
      { filter },
      {
        onEvent: ({ routingLogged: operation }) => {
          waiting = [...waiting.slice(1 - keptRows), operation];
        },
        onState: async (now) => {
          if (over) return;
          setListening(now);
          if (now !== 'open') return;
          const answer = await ask(routingLog, { filter, last: keptRows });
          if (over) return;
          setFailure(answer.failure);
          if (answer.data === null) return;
          const { routingLog: last } = answer.data;
          setIsOff(last === null);
          setRows((before) => withAnswer(before, last ?? []));
        },
      },
    );
    return () => {
      over = true;
      clearInterval(timer);
      stop();
    };
  }, [key, attempt]);

  return {
    ...rows,
    listening,
    isOff,
    failure,
    pause: (paused) => setRows((before) => withPause(before, paused)),
    retry: () => setAttempt((before) => before + 1),
  };
}
