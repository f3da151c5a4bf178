import { BadListRequestError } from './errors.ts';
import { readCursor } from './order-cursor.ts';
import type { OrderSort, Place } from './order-sort.ts';

export const maxPageSize = 100;
export const defaultPageSize = 20;

/** The page arguments as a client sends them. */
export type PageArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/** `size` orders from the start (or, if `backward`, the end) of what lies between the two places. */
export type PageRequest = {
  readonly size: number;
  readonly backward: boolean;
  readonly after: Place | null;
  readonly before: Place | null;
};

/** Throws `BadListRequestError` or `BadCursorError`. */
export function readPageRequest({ first, after, last, before }: PageArguments, sort: OrderSort): PageRequest {
  if (first != null && last != null) {
    throw new BadListRequestError('Give `first` or `last`, not both', { facts: { arguments: ['first', 'last'] } });
  }
  const size = last ?? first ?? defaultPageSize;
  if (size < 1 || size > maxPageSize) {
    const argument = last == null ? 'first' : 'last';
    throw new BadListRequestError(`\`${argument}\` must be between 1 and ${maxPageSize}`, {
      facts: { arguments: [argument], min: 1, max: maxPageSize },
    });
  }
  return {
    size,
    backward: last != null,
    after: after == null ? null : readCursor(after, sort, 'after'),
    before: before == null ? null : readCursor(before, sort, 'before'),
  };
}
