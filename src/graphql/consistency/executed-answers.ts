/**
 * What operations have made of kept answers. An operation that asks for nothing else makes the same of an answer every time, so
 * it is executed and written once, and everybody who is shown the answer is shown that: the two cost more than all else about a hit.
 *
 * An answer is forgotten with what was made of it.
 */
import type { ExecutionResult } from 'graphql';
import type { CachedAnswer } from '../../cache/cached-answer.ts';
import type { CommonReads } from '../orders/common-order-reads.ts';

type Data = NonNullable<ExecutionResult['data']>;

/** As GraphQL Yoga takes it: written by `stringify`, when there is one. */
export type ExecutedAnswer = {
  readonly data: Data;
  stringify(result: ExecutionResult): string;
};

/** Different operations of one answer; a page in use has one or two. */
const mostOfOne = 4;

export class ExecutedAnswers {
  readonly #made = new WeakMap<CachedAnswer, ReadonlyMap<CommonReads, ExecutedAnswer>>();

  /** `operation` is the one object that stands for it and its variables. */
  find(answer: CachedAnswer, operation: CommonReads): ExecutedAnswer | null {
    return this.#made.get(answer)?.get(operation) ?? null;
  }

  /** The oldest goes first. */
  keep(answer: CachedAnswer, operation: CommonReads, data: Data): void {
    const others = [...(this.#made.get(answer) ?? [])].slice(1 - mostOfOne);
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
