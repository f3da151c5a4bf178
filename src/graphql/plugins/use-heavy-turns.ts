import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TidemarkError } from '../../errors.ts';
import { FairTurns } from '../../platform/fair-turns.ts';
import { retryAfterMs } from '../../routing/errors.ts';
import type { OperationContext } from '../context.ts';
import { toGraphqlError } from '../error-codes.ts';
import { isHeavy } from '../limits/heavy-operation.ts';
import { factsOf } from '../request-facts.ts';

/** More heavy operations are queued than can be answered in time. */
export class HeavyOperationsWaitError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(waiting: number) {
    super('Too many large operations are queued: ask for fewer rows, or try again later', {
      facts: { waiting, retryAfterMs },
    });
  }
}

type Heavy = Partial<Pick<OperationContext, 'client'>> & { readonly request: Request };

/** Queues per client and in all: at the front, an operation waits for at most one operation of every other client. */
const maxWaitingPerClient = 64;
const maxWaiting = 1024;

/**
 * Heavy operations run one at a time, round-robin over clients with a queue each, and yield to the short ones, which are answered in
 * between.
 */
export function useHeavyTurns(): Plugin {
  const turns = new FairTurns({ maxWaiting, maxWaitingPerClient });
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { request, client = 'unknown' } = args.contextValue as Heavy;
      const { cost, maxCost, deadline, longWork } = factsOf(request);
      if (!isHeavy({ points: cost, maxPoints: maxCost })) return;
      longWork?.isLong();
      if (longWork !== null) Object.assign(args.contextValue, { standBack: longWork.standBack });
      setExecuteFn(async (executed: ExecutionArgs) => {
        const turn = turns.take(client, deadline ?? undefined);
        if (turn === null) return { errors: [toGraphqlError(new HeavyOperationsWaitError(turns.waiting))] };
        await turn;
        try {
          const result = await executeFn(executed);
          // The answer of many rows takes long to serialise.
          await longWork?.standBack();
          return result;
        } finally {
          turns.giveBack();
        }
      });
    },
  };
}
