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
/** Longer than the API takes at most: whoever gives up sooner does not know whether it was written. */
const mutationLimitMs = 30_000;

/**
 * Runs a query or a mutation. Never rejects: an API that cannot be reached is a failure like any other, and so is one that
 * does not answer in time. What comes after that is not wanted any more, and cut off.
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
      // Ends the request as well.
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
