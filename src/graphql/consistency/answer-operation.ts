/**
 * The answer to one operation: from the cache, to fill the cache, or bypassing it.
 *
 * If a query's node is lost in the middle, the query is run again from its start on another node, so an answer never mixes two; see
 * read-runs.ts. A read that fills the cache sees one snapshot whose position is known.
 */
import type { ExecutionArgs, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { Fill } from '../../cache/fill.ts';
import { parseConsistencyRequest } from '../../consistency/consistency-request.ts';
import { WriteLostError } from '../../consistency/errors.ts';
import { type Runnable, runWithFreshness } from '../../database/engine/read-runs.ts';
import type { OrdersPinnedSession } from '../../database/orders/orders-client.ts';
import { TidemarkError } from '../../errors.ts';
import { NotedReads } from '../../orders/kept-reads.ts';
import { readOrders } from '../../orders/order-reads.ts';
import { toGraphqlError } from '../error-codes.ts';
import { recordAsked, recordOutput, recordRequired } from '../request-facts.ts';
import { askCache } from './ask-cache.ts';
import { needsDatabase, type OperationInput, rawConsistencyRequest } from './consistency-input.ts';
import { type CookieNames, lossExtension } from './consistency-output.ts';
import type { ExecutedAnswers } from './executed-answers.ts';
import { keepAnswer, refreshKept, showKept } from './kept-answer.ts';
import { type Execute, Operation, type OperationOptions } from './operation.ts';
import type { ResumedPast } from './resume-tokens.ts';

export type AnsweringParts = {
  readonly options: OperationOptions;
  readonly executed: ExecutedAnswers;
  readonly cookieNames: CookieNames;
  readonly execute: Execute;
};
type YogaContext = { readonly request: Request };

export async function answerOperation(
  { options, executed, cookieNames, execute }: AnsweringParts,
  args: ExecutionArgs,
  definition: OperationDefinitionNode,
): Promise<ExecutionResult> {
  const { request } = args.contextValue as YogaContext;
  const { schema, document, variableValues } = args;
  const input: OperationInput = { request, schema, document, operation: definition, variables: variableValues ?? {} };
  const raw = rawConsistencyRequest(input, cookieNames);
  try {
    const asked = parseConsistencyRequest(raw, options.defaults);
    if (!needsDatabase(input)) return (await execute(args)) as ExecutionResult;
    recordAsked(request, asked);
    const operation = new Operation(options, input, asked, execute, args);
    // The fast path waits for nothing.
    const resuming = operation.resume();
    const past = resuming instanceof Promise ? await resuming : resuming;
    if (definition.operation === 'query') recordRequired(request, past.required);
    return await answered(operation, executed, past);
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    const refused = { errors: [toGraphqlError(error)] };
    if (!(error instanceof WriteLostError)) return refused;
    // A browser cannot delete an HttpOnly cookie: the remaining token replaces it, so that the next request works.
    recordOutput(request, { token: error.token, cookie: 'SET' });
    return { ...refused, extensions: { consistency: lossExtension(error.token) } };
  }
}

async function answered(operation: Operation, executed: ExecutedAnswers, past: ResumedPast): Promise<ExecutionResult> {
  const { database } = operation.options;
  const cached = past.whole ? await askCache(operation, past) : null;
  switch (cached?.turn.kind) {
    case 'HIT': {
      const { refresh } = cached.turn;
      try {
        const shown = await showKept(operation, executed, past, cached.turn, cached.reads);
        if ('result' in shown) return shown.result;
        const elsewhere = { run: 2, excluded: shown.lostNodes };
        return await runWithFreshness(database, new OperationRun(operation), past, elsewhere);
      } finally {
        refresh?.inBackground(() => refreshKept(operation, executed, past, cached.reads, refresh));
      }
    }
    case 'FILL':
      try {
        const filling = { past, fill: cached.turn.fill, names: cached.reads.names };
        return await runWithFreshness(database, new OperationRun(operation, filling), past);
      } finally {
        cached.turn.fill.giveUp();
      }
    default:
      return runWithFreshness(database, new OperationRun(operation), past);
  }
}

/** What a waiting cache request requires; if its session must be judged again, the operation reads for itself. */
type Filling = { readonly past: ResumedPast; readonly fill: Fill; readonly names: readonly string[] };
type Executed = { readonly result: ExecutionResult; readonly noted: NotedReads | null };

/** Executed as a whole on each node that it is tried on. */
class OperationRun implements Runnable<ResumedPast, OrdersPinnedSession, Executed, ExecutionResult> {
  readonly mayRerun: boolean;
  readonly #operation: Operation;
  readonly #filling: Filling | null;

  constructor(operation: Operation, filling: Filling | null = null) {
    this.#operation = operation;
    this.#filling = filling;
    this.mayRerun = !operation.writes;
  }

  resume(): ResumedPast | Promise<ResumedPast> {
    return this.#operation.resume();
  }

  open(past: ResumedPast, excluded: ReadonlySet<string>): OrdersPinnedSession {
    const { options, writes, signal } = this.#operation;
    const { session, required } = past;
    const snapshot = this.#filling?.past === past;
    return options.database.openSession({ session, required, writes, snapshot, excluded, signal });
  }

  async work(pinned: OrdersPinnedSession, past: ResumedPast): Promise<Executed> {
    await pinned.pin();
    const reads = readOrders(pinned);
    const noted = this.#filling?.past === past ? new NotedReads(reads) : null;
    return { result: await this.#operation.execute(pinned, noted ?? reads), noted };
  }

  answer(
    { result, noted }: Executed,
    pinned: OrdersPinnedSession,
    past: ResumedPast,
  ): ExecutionResult | Promise<ExecutionResult> {
    const filling = this.#filling;
    if (filling === null || noted === null || result.errors !== undefined) return this.#finish(result, pinned, past);
    const keeping = keepAnswer(this.#operation, filling.fill, noted.valuesOf(filling.names), pinned);
    return keeping.then(() => this.#finish(result, pinned, past));
  }

  #finish(result: ExecutionResult, pinned: OrdersPinnedSession, past: ResumedPast): ExecutionResult {
    return this.#operation.finish(result, past, pinned, pinned.decision);
  }
}
