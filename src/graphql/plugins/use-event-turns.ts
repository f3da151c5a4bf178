import type { Plugin } from 'graphql-yoga';
import { Slices } from '../../platform/slices.ts';
import type { OperationContext } from '../context.ts';
import { factsOf } from '../request-facts.ts';

type Subscribing = Partial<Pick<OperationContext, 'client'>> & { readonly request: Request };

/** Points of events that are processed without a break. */
const pointsAtOnce = 500;

/** An event may go to many streams: the work for all of them is split into turns that yield to short requests. */
export function useEventTurns(standBack: () => Promise<void>): Plugin {
  const slices = new Slices(pointsAtOnce, standBack);
  return {
    onSubscribe({ args: { contextValue } }) {
      const { client = 'unknown', request } = contextValue as Subscribing;
      const { maxCost } = factsOf(request);
      Object.assign(contextValue, { eventTurn: () => slices.take(client, maxCost) });
    },
  };
}
