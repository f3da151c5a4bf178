// The exports of `tidemark/client`. The integrations for urql, Apollo and graphql-request have entries of their own.
export { type CallConsistency, consistencyHeaders } from './consistency-headers.ts';
export { type TokenFetchOptions, tokenFetch } from './fetch.ts';
export type { RetryOptions } from './retry-delay.ts';
export { shareAcrossTabs } from './tabs.ts';
export { type Departure, type StoreChange, TokenStore } from './token-store.ts';
export { withIdempotencyKey, withRetries } from './with-retries.ts';
