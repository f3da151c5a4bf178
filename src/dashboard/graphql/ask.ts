import type { AnyVariables, OperationResult, TypedDocumentNode } from 'urql';
import { filter, pipe, subscribe, take } from 'wonka';
import { type AnswerFacts, answerFacts } from '../answers/answer-facts.ts';
import { type Failure, failureOf, noAnswerWithin } from './failure.ts';
import { pageClient } from './page-client.ts';

export type Answer<Data> = {
  readonly data: Data | null;
  readonly facts: AnswerFacts | null;
  readonly failure: Failure | null;
};

const queryLimitMs = 10_000;
/** Longer than the API's own limit: a client that gives up earlier cannot know whether the write was committed. */
const mutationLimitMs = 30_000;

/**
 * Runs a query or a mutation. Never rejects: an API that cannot be reached, or does not answer in time, is a failure like any
 * other. A late answer is discarded and the request aborted.
 */
export async function ask<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  limitMs?: number,
): Promise<Answer<Data>> {
  const startedMs = performance.now();
  const isMutation = document.definitions.some((part) => 'operation' in part && part.operation === 'mutation');
  const limit = limitMs ?? (isMutation ? mutationLimitMs : queryLimitMs);
  const run = isMutation ? pageClient.mutation(document, variables) : pageClient.query(document, variables);
  const result = await new Promise<OperationResult<Data, Variables> | null>((resolve) => {
    const timer = setTimeout(() => {
      // Aborts the request as well.
      unsubscribe();
      resolve(null);
    }, limit);
    const { unsubscribe } = pipe(
      run,
      filter(({ stale, hasNext }) => !stale && !hasNext),
      take(1),
      subscribe((answer) => {
        clearTimeout(timer);
        resolve(answer);
      }),
    );
  });
  if (result === null) return { data: null, facts: null, failure: noAnswerWithin(limit) };
  const { data, error, extensions } = result;
  return {
    data: data ?? null,
    facts: answerFacts(extensions, performance.now() - startedMs, Date.now()),
    failure: error === undefined ? null : failureOf(error),
  };
}
