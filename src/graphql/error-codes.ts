import { GraphQLError } from 'graphql';
import { TidemarkError } from '../errors.ts';

// What a caller learns of an error:
//   thrown on purpose (TidemarkError)   its message, code, retryable and facts
//   GraphQL's own (syntax, validation)  its message and a code
//   anything else                       that an internal error occurred, and the request id

export const internalErrorCode = 'INTERNAL_SERVER_ERROR';

/** The codes that errors of an answer may have, for the metric. Refusals returned as data are not among them. A test compares. */
export const knownErrorCodes = [
  internalErrorCode,
  'BAD_CONSISTENCY_REQUEST',
  'BAD_CURSOR',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'CACHE_UNAVAILABLE',
  'CONSISTENCY_TIMEOUT',
  'DATABASE_READ_ONLY',
  'DATABASE_UNREACHABLE',
  'DATABASE_WRITE_ONLY',
  'DEADLINE_EXCEEDED',
  'EPOCH_AHEAD',
  'FORBIDDEN_ORIGIN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INVALID_CONSISTENCY_TOKEN',
  'JOBS_UNAVAILABLE',
  'JOB_NOT_FOUND',
  'LIMITED_FUNCTIONALITY',
  'MALFORMED_POSITION',
  'METHOD_NOT_ALLOWED',
  'MIXED_FLAVOUR',
  'MIXED_HISTORY',
  'NODE_LOST',
  'NOT_ACCEPTABLE',
  'NOT_A_READ',
  'OVERLOADED',
  'QUERY_TOO_COMPLEX',
  'REPLAY_UNSETTLED',
  'REQUEST_ABANDONED',
  'REQUEST_TOO_LARGE',
  'SOURCE_READS_EXHAUSTED',
  'SOURCE_UNAVAILABLE',
  'STATEMENT_ENDS_TRANSACTION',
  'STATEMENT_TIMEOUT',
  'TOO_MANY_JOBS',
  'TOO_MANY_STREAMS',
  'TRANSACTION_OVER',
  'TRANSACTION_ROLLED_BACK',
  'UNSUPPORTED_MEDIA_TYPE',
  'VALUE_REFUSED',
  'WRITE_CONTENDED',
  'WRITE_INDETERMINATE',
  'WRITE_LOST',
  'WRITE_NOT_ATOMIC',
  'WRITE_NOT_MIRRORED',
] as const;
export type ErrorCode = (typeof knownErrorCodes)[number];

type HttpHints = { status?: number; spec?: boolean; headers?: Record<string, string>; unexpected?: boolean };

/** The error as clients see it. Errors that are neither Tidemark's nor GraphQL's are masked; `originalError` keeps them for the log. */
export function toGraphqlError(error: unknown): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  const cause = rootCause(error);
  if (cause instanceof TidemarkError) {
    const extensions = {
      ...cause.facts,
      code: cause.code,
      retryable: cause.retryable,
      http: httpHints(cause, located),
    };
    return new GraphQLError(cause.message, { ...place(located), originalError: cause, extensions });
  }
  if (located !== undefined && cause instanceof GraphQLError) return graphqlOwn(located);
  return new GraphQLError('Internal error. The log has the details under the request id.', {
    ...place(located),
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
    extensions: { code: internalErrorCode, retryable: false, unexpected: true },
  });
}

/** A `GraphQLError` around another error only adds the path. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError != null) cause = cause.originalError;
  return cause;
}

function graphqlOwn(error: GraphQLError): GraphQLError {
  const { originalError: _, stacktrace: __, ...extensions } = error.extensions;
  const http: HttpHints = { ...(extensions.http as HttpHints | undefined) };
  // In the form of all other paths.
  const code = http.status === 405 ? 'METHOD_NOT_ALLOWED' : (extensions.code ?? 'BAD_USER_INPUT');
  if (error.path === undefined && http.status === undefined) Object.assign(http, { status: 400, spec: true });
  // Not even a GraphQL request: the HTTP status tells, whatever media type was requested.
  if (extensions.code === 'BAD_REQUEST') delete http.spec;
  return new GraphQLError(error.message, { ...place(error), extensions: { ...extensions, code, http } });
}

/** `spec` keeps the status at 200 for clients that accept application/json, as GraphQL over HTTP requires. */
function httpHints(error: TidemarkError, located: GraphQLError | undefined): HttpHints {
  const { retryAfterMs } = error.facts;
  const headers = typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } : {};
  if (located?.path !== undefined) return { headers };
  if (error.code === 'BAD_CONSISTENCY_REQUEST') return { status: 400, headers };
  return { status: error.retryable ? 503 : 400, spec: true, headers };
}

function place(error: GraphQLError | undefined) {
  return {
    nodes: error?.nodes ?? null,
    source: error?.source ?? null,
    positions: error?.positions ?? null,
    path: error?.path ?? null,
  };
}
