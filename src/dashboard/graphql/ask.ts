import type { AnyVariables, TypedDocumentNode } from 'urql';
import { type AnswerFacts, answerFacts } from '../answers/answer-facts.ts';
import { type Failure, failureOf } from './failure.ts';
import { pageClient } from './page-client.ts';

export type Answer<Data> = {
  readonly data: Data | null;
  readonly facts: AnswerFacts | null;
  readonly failure: Failure | null;
};

/** Runs a query or a mutation. Never rejects: an API that cannot be reached is a failure like any other. */
export async function ask<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Answer<Data>> {
  const startedMs = performance.now();
  const context = signal === undefined ? {} : { fetchOptions: { signal } };
  const isMutation = document.definitions.some((part) => 'operation' in part && part.operation === 'mutation');
  const run = isMutation
    ? pageClient.mutation(document, variables, context)
    : pageClient.query(document, variables, context);
  const { data, error, extensions } = await run.toPromise();
  return {
    data: data ?? null,
    facts: answerFacts(extensions, performance.now() - startedMs, Date.now()),
    failure: error === undefined ? null : failureOf(error),
  };
}
