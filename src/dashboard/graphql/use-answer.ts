import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import type { AnyVariables, TypedDocumentNode } from 'urql';
import { refetchSoon } from '../shell/cluster-watch.ts';
import { type Answer, ask } from './ask.ts';
import { isSilence } from './failure.ts';
import { useOnReturn } from './use-contact.ts';

/** The last answer of a query, and the failure since, if any. */
export type KeptAnswer<Data> = Answer<Data> & {
  readonly asking: boolean;
  /** Whether the data answers the current question, not an earlier one. */
  readonly isCurrent: boolean;
  /** Asks again; resolves when the answer has arrived. The previous answer stays until then. */
  readonly refetch: () => Promise<void>;
  /** Discards the answer that is in flight. */
  readonly drop: () => void;
};

const nothing = { data: null, facts: null, failure: null, key: '' } as const;

/**
 * Asks when mounted, when the variables change and on request; never while the variables are `null`. The last good answer stays while
 * the next one is in flight and when that fails: old rows are better than none if they say how old they are.
 */
export function useAnswer<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables | null,
): KeptAnswer<Data> {
  const [kept, setKept] = useState<Answer<Data> & { readonly key: string }>(nothing);
  const [asking, setAsking] = useState(true);
  const latest = useRef(0);
  const key = JSON.stringify(variables);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the variables, which are new objects on each render
  const refetch = useCallback(async () => {
    if (variables === null) return;
    latest.current += 1;
    const turn = latest.current;
    setAsking(true);
    const answer = await ask(document, variables);
    // Only the latest question counts: an answer to an older one would turn the page back.
    if (turn !== latest.current) return;
    // The failure may concern everything on the page.
    if (answer.failure !== null && isSilence(answer.failure)) refetchSoon();
    // Input of the user goes before updates.
    startTransition(() => {
      setAsking(false);
      setKept((before) => (answer.data === null ? { ...before, failure: answer.failure } : { ...answer, key }));
    });
  }, [document, key]);

  const drop = useCallback(() => {
    latest.current += 1;
    setAsking(false);
  }, []);

  useEffect(() => {
    void refetch();
    return () => {
      latest.current += 1;
    };
  }, [refetch]);

  useOnReturn(() => void refetch());

  return { ...kept, asking, isCurrent: kept.data !== null && kept.key === key, refetch, drop };
}
