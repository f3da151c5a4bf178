import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tokenFaults } from '../../consistency/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { durationBucketsS, type Metrics } from '../../platform/metrics.ts';
import { type ErrorCode, internalErrorCode, knownErrorCodes } from '../error-codes.ts';
import { factsOf } from '../request-facts.ts';

const operations = ['query', 'mutation', 'subscription', 'none'] as const;
/** `refused`: a retry is pointless. `unavailable`: a retry may succeed. `broken`: an internal error. */
const outcomes = ['ok', 'refused', 'unavailable', 'broken'] as const;
type Outcome = (typeof outcomes)[number];
const rejections = [...tokenFaults, 'write-lost', 'epoch-ahead'] as const;
type Rejection = (typeof rejections)[number];

/** Counts requests, errors and refused tokens, and measures durations. */
export function useMetrics(clock: Clock, metrics: Metrics): Plugin {
  const answered = metrics.counter({
    name: 'tidemark_requests_total',
    help: 'GraphQL requests that were answered, by kind of operation and outcome.',
    labels: { operation: operations, outcome: outcomes },
  });
  const took = metrics.histogram({
    name: 'tidemark_request_duration_seconds',
    help: 'From the arrival of a request to its answer, by kind of operation.',
    labels: { operation: operations },
    buckets: durationBucketsS,
  });
  const failed = metrics.counter({
    name: 'tidemark_request_errors_total',
    help: 'Errors in answers, by code.',
    labels: { code: knownErrorCodes },
  });
  const rejected = metrics.counter({
    name: 'tidemark_tokens_rejected_total',
    help: 'Consistency tokens that were refused, by reason.',
    labels: { reason: rejections },
  });
  const countError = ({ extensions }: GraphQLError) => {
    // Any other code is counted as this.
    failed({ code: String(extensions?.code) as ErrorCode });
    const reason = rejectionOf(extensions ?? {});
    if (reason !== null) rejected({ reason });
  };
  return {
    onResultProcess({ request, result }) {
      if (Array.isArray(result)) return;
      const { startedMs, operation: facts } = factsOf(request);
      const operation = (facts?.type ?? 'none') as (typeof operations)[number];
      if (Symbol.asyncIterator in result) {
        answered({ operation, outcome: 'ok' });
        return;
      }
      answered({ operation, outcome: outcomeOf(result) });
      took({ operation }, (clock.monotonic() - startedMs) / 1000);
      result.errors?.forEach(countError);
    },
  };
}

function outcomeOf({ errors }: ExecutionResult): Outcome {
  if (errors === undefined || errors.length === 0) return 'ok';
  if (errors.some(({ extensions }) => extensions?.code === internalErrorCode)) return 'broken';
  return errors.some(({ extensions }) => extensions?.retryable === true) ? 'unavailable' : 'refused';
}

function rejectionOf({ code, reason }: Readonly<Record<string, unknown>>): Rejection | null {
  if (code === 'INVALID_CONSISTENCY_TOKEN') return reason as Rejection;
  return code === 'WRITE_LOST' ? 'write-lost' : code === 'EPOCH_AHEAD' ? 'epoch-ahead' : null;
}
