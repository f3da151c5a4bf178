// What an answer says about a write. Only a code of this list proves that nothing was written: every other error, and every
// lost answer, leaves the write indeterminate.
import type { WriteOutcome } from './history.ts';
import type { Answer } from './orders-api.ts';

const refusedBeforeCommit: ReadonlySet<string> = new Set([
  'INVALID_INPUT',
  'ORDER_NOT_FOUND',
  'VERSION_CONFLICT',
  'INVALID_STATUS_TRANSITION',
  'IDEMPOTENCY_KEY_REUSED',
  'BAD_USER_INPUT',
  'BAD_CONSISTENCY_REQUEST',
  'INVALID_CONSISTENCY_TOKEN',
  'WRITE_LOST',
  'EPOCH_AHEAD',
  'SOURCE_UNAVAILABLE',
  'LIMITED_FUNCTIONALITY',
  'OVERLOADED',
  'WRITE_CONTENDED',
]);

export type WriteResult = {
  readonly __typename: string;
  readonly code?: string;
  readonly order?: { readonly id: string; readonly version: number };
  readonly deletedOrderId?: string;
  readonly current?: { readonly version: number };
};

export type Judged = {
  readonly outcome: WriteOutcome;
  readonly error: string | null;
  readonly result: WriteResult | null;
};

export function judgeWrite({ data, errors }: Answer): Judged {
  const result = (data?.result ?? null) as WriteResult | null;
  if (result?.__typename.endsWith('Payload') && errors.length === 0)
    return { outcome: 'committed', error: null, result };
  const code = errors[0]?.code ?? result?.code ?? 'UNKNOWN';
  return { outcome: refusedBeforeCommit.has(code) ? 'rejected' : 'indeterminate', error: code, result };
}

/** What broke before an answer was there. */
export function transportFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return error.name;
}
