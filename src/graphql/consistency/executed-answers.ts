/**
 * Results of executing operations on cached answers. An operation that reads nothing else gives the same result every time,
 * so it is executed and serialised once and shared: these two steps cost more than the rest of a hit.
 *
 * The results are dropped together with the answer.
 */
import type { ExecutionResult } from 'graphql';
import type { CachedAnswer } from '../../cache/cached-answer.ts';
import type { CommonReads } from '../orders/common-order-reads.ts';

type Data = NonNullable<ExecutionResult['data']>;

/** In the form that GraphQL Yoga takes: serialised by `stringify`, if present. */
export type ExecutedAnswer = {
  readonly data: Data;
  stringify(result: ExecutionResult): string;
};

/** Different operations on one answer; a page in use has one or two. */
const maxOfOne = 4;

export class ExecutedAnswers {
  readonly #made = new WeakMap<CachedAnswer, ReadonlyMap<CommonReads, ExecutedAnswer>>();

  /** `operation`: the object that identifies it with its variables. */
  find(answer: CachedAnswer, operation: CommonReads): ExecutedAnswer | null {
    return this.#made.get(answer)?.get(operation) ?? null;
  }

  /** Evicts the oldest first. */
  keep(answer: CachedAnswer, operation: CommonReads, data: Data): void {
    const others = [...(this.#made.get(answer) ?? [])].slice(1 - maxOfOne);
    this.#made.set(answer, new Map([...others, [operation, executed(data)]]));
  }
}

function executed(data: Data): ExecutedAnswer {
  const written = JSON.stringify(data);
  return {
    data,
    stringify: ({ data: shown, ...rest }) => {
      if (shown !== data) return JSON.stringify({ data: shown, ...rest });
      const others = JSON.stringify(rest);
      return others === '{}' ? `{"data":${written}}` : `{"data":${written},${others.slice(1)}`;
    },
  };
}
