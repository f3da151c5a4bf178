import type { Plugin } from 'graphql-yoga';
import { Slices } from '../../platform/slices.ts';
import type { OperationContext } from '../context.ts';
import { factsOf } from '../request-facts.ts';

type Subscribing = Partial<Pick<OperationContext, 'client'>> & { readonly request: Request };

/** Points of events that are worked on in one go. */
const pointsAtOnce = 500;

/** One event may be asked for by many streams: what it costs for all of them is done in turns, which stand back for what is short. */
export function useEventTurns(standBack: () => Promise<void>): Plugin {
  const slices = new Slices(pointsAtOnce, standBack);
  return {
    onSubscribe({ args: { contextValue } }) {
      const { client = 'unknown', request } = contextValue as Subscribing;
      const { mostCost } = factsOf(request);
      Object.assign(contextValue, { eventTurn: () => slices.take(client, mostCost) });
    },
  };
}
