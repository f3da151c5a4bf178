import { pino } from 'pino';

/** Driver errors contain what was sent, such as a password or an order: only fields that describe the failure are logged. */
const shown = [
  'type',
  'message',
  'stack',
  'name',
  'code',
  'errno',
  'sqlState',
  'syscall',
  'retryable',
  'facts',
] as const;

/** An error in its logged form; other values are unchanged. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const serialized: Record<string, unknown> = { ...pino.stdSerializers.err(error) };
  const facts = Object.fromEntries(shown.flatMap((name) => (name in serialized ? [[name, serialized[name]]] : [])));
  const among = error instanceof AggregateError ? { aggregateErrors: error.errors.map(loggedError) } : {};
  return { ...facts, ...among };
}
