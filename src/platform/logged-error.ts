import { pino } from 'pino';

/** Errors of drivers carry what was sent, such as a password or an order: only what says how it failed is logged. */
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

/** An error as the log shows it; what is no error is left as it is. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const serialized: Record<string, unknown> = { ...pino.stdSerializers.err(error) };
  const facts = Object.fromEntries(shown.flatMap((name) => (name in serialized ? [[name, serialized[name]]] : [])));
  const among = error instanceof AggregateError ? { aggregateErrors: error.errors.map(loggedError) } : {};
  return { ...facts, ...among };
}
