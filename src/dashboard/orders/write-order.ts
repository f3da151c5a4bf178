import type { AnyVariables, TypedDocumentNode } from 'urql';
import type { AnswerFacts } from '../answers/answer-facts.ts';
import { ask } from '../graphql/ask.ts';
import type { Failure } from '../graphql/failure.ts';
import { refetchSoon } from '../shell/cluster-watch.ts';
import type { Refusal } from './order-documents.ts';

/** Outcome of a write: done, refused with nothing written, or failed, which may leave the outcome unknown. */
export type Outcome<Done> =
  | { readonly kind: 'done'; readonly done: Done; readonly facts: AnswerFacts | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly failure: Failure };

const noData: Failure = { code: 'INTERNAL_SERVER_ERROR', message: 'The answer is empty.', retryable: false };

/** `Name` is the mutation: its result is a payload or one of the refusals. */
export async function write<Name extends string, Done, Variables extends AnyVariables>(
  document: TypedDocumentNode<Record<Name, Done | Refusal>, Variables>,
  name: Name,
  variables: Variables,
): Promise<Outcome<Done>> {
  const { data, facts, failure } = await ask(document, variables);
  if (failure !== null) refetchSoon();
  const result = data?.[name];
  if (failure !== null || result == null) return { kind: 'failed', failure: failure ?? noData };
  if (isRefusal(result)) return { kind: 'refused', refusal: result };
  return { kind: 'done', done: result as Done, facts };
}

function isRefusal<Done>(result: Done | Refusal): result is Refusal {
  return typeof result === 'object' && result !== null && 'code' in result;
}
