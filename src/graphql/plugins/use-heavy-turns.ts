import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TidemarkError } from '../../errors.ts';
import { FairTurns } from '../../platform/fair-turns.ts';
import { retryAfterMs } from '../../routing/errors.ts';
import type { OperationContext } from '../context.ts';
import { toGraphqlError } from '../error-codes.ts';
import { isHeavy } from '../limits/heavy-operation.ts';
import { factsOf } from '../request-facts.ts';

/** More operations with many rows are waiting than can be answered in time. */
export class HeavyOperationsWaitError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(waiting: number) {
    super('Too many large operations are waiting: ask for fewer rows, or later', { facts: { waiting, retryAfterMs } });
  }
}

type Heavy = Partial<Pick<OperationContext, 'client'>> & { readonly request: Request };

/** Of one client, and of all: each that comes to the front waits for one operation of every other client at most. */
const mostWaitingPerClient = 64;
const mostWaiting = 1024;

/**
 * Operations that take long run one after another, those of each client in a line of its own, and each stands back behind those that do not, so that these are answered
 * beside them.
 */
export function useHeavyTurns(): Plugin {
  const turns = new FairTurns({ mostWaiting, mostWaitingPerClient });
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { request, client = 'unknown' } = args.contextValue as Heavy;
      const { cost, mostCost, deadline, longWork } = factsOf(request);
      if (!isHeavy({ points: cost, mostPoints: mostCost })) return;
      longWork?.isLong();
      if (longWork !== null) Object.assign(args.contextValue, { standBack: longWork.standBack });
      setExecuteFn(async (executed: ExecutionArgs) => {
        const turn = turns.take(client, deadline ?? undefined);
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
