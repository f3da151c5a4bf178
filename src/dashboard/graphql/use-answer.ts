import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import type { AnyVariables, TypedDocumentNode } from 'urql';
import { lookSoon } from '../shell/cluster-watch.ts';
import { type Answer, ask } from './ask.ts';
import { isSilence } from './failure.ts';
import { useOnReturn } from './use-contact.ts';

/** What a query has answered last, and what has gone wrong since. */
export type KeptAnswer<Data> = Answer<Data> & {
  readonly asking: boolean;
  /** Whether the data answers what is asked now, and not what was asked before. */
  readonly isCurrent: boolean;
  /** Asks again; resolves when the answer is there. What was answered before stays until then. */
  readonly refetch: () => Promise<void>;
  /** What is on its way is not shown when it comes. */
  readonly drop: () => void;
};

const nothing = { data: null, facts: null, failure: null, key: '' } as const;

/**
 * With `null` for variables nothing is asked. Else it asks when mounted, when the variables change, and when told to. The last good answer stays while the next one is
 * awaited and when it fails, with its own facts: old rows are better than none as long as they say how old they are.
 */
export function useAnswer<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables | null,
): KeptAnswer<Data> {
  const [kept, setKept] = useState<Answer<Data> & { readonly key: string }>(nothing);
  const [asking, setAsking] = useState(true);
  const latest = useRef(0);
  const key = JSON.stringify(variables);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the variables, which are new objects each time
  const refetch = useCallback(async () => {
    if (variables === null) return;
    latest.current += 1;
    const turn = latest.current;
    setAsking(true);
    const answer = await ask(document, variables);
    // Only the newest question counts: an answer to an older one would take the page back.
    if (turn !== latest.current) return;
    // What went wrong may concern everything on the page.
    if (answer.failure !== null && isSilence(answer.failure)) lookSoon();
    // What somebody does on the page goes before what it is told.
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
