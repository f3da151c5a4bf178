import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TidemarkError } from '../../errors.ts';
import { Turns } from '../../platform/turns.ts';
import { retryAfterMs } from '../../routing/errors.ts';
import { toGraphqlError } from '../error-codes.ts';
import { factsOf } from './request-facts.ts';

/** More operations with many rows are waiting than can be answered in time. */
export class HeavyOperationsWaitError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(waiting: number) {
    super('Too many large operations are waiting: ask for fewer rows, or later', { facts: { waiting, retryAfterMs } });
  }
}

/** From so many points on, an operation is heavy. */
const heavyFrom = 500;
const mostAtOnce = 1;
const mostWaiting = 64;

/**
 * Operations that take long run one after another, and each stands back behind those that do not, so that these are answered
 * beside them.
 */
export function useHeavyTurns(): Plugin {
  const turns = new Turns(mostAtOnce, mostWaiting);
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { cost, deadline, longWork } = factsOf(args.contextValue.request);
      if (cost < heavyFrom) return;
      longWork?.isLong();
      if (longWork !== null) Object.assign(args.contextValue, { standBack: longWork.standBack });
      setExecuteFn(async (executed: ExecutionArgs) => {
        const turn = turns.take(deadline ?? undefined);
        if (turn === null) return { errors: [toGraphqlError(new HeavyOperationsWaitError(turns.waiting))] };
        await turn;
        try {
          const result = await executeFn(executed);
          // What comes of many rows takes long to write down.
          await longWork?.standBack();
          return result;
        } finally {
          turns.giveBack();
        }
      });
    },
  };
}
