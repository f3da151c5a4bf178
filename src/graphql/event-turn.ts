import type { OperationContext } from './context.ts';

/** The source of a subscription, one event per turn: until then the event is not processed, and those behind it wait or are dropped. */
export function inTurn<T>(
  events: AsyncIterableIterator<T>,
  { eventTurn }: Pick<OperationContext, 'eventTurn'>,
): AsyncIterableIterator<T> {
  if (eventTurn === undefined) return events;
  let over = false;
  return {
    async next() {
      const result = await events.next();
      if (result.done) return result;
      await eventTurn();
      return over ? { value: undefined, done: true } : result;
    },
    async return() {
      over = true;
      await events.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
