import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { shortened } from '../../platform/shortened.ts';

/** Maximum number of errors in an answer without data. */
const maxRefusals = 10;
/** Maximum beside data, where each names the missing part. */
const maxErrors = 100;
/** Maximum length of all errors together. */
const maxBytes = 48_000;
/** Maximum length of a list of faults that comes with an error. */
const maxFaults = 10;

/** Bounds the errors of an answer, and removes hints at a schema that is not public. */
export function useBoundedErrors(introspection: boolean): Plugin {
  return {
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result || result.errors === undefined) return;
      const most = result.data == null ? maxRefusals : maxErrors;
      const errors = result.errors.slice(0, most).map((error) => bounded(error, introspection));
      setResult({ ...result, errors: errors.length > 1 ? thoseThatFit(errors) : errors });
    },
  };
}

/** The first error is always kept. */
function thoseThatFit(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  let bytes = 0;
  return errors.filter((error) => {
    const before = bytes;
    bytes += Buffer.byteLength(JSON.stringify(error));
    return before === 0 || bytes <= maxBytes;
  });
}

function bounded(error: GraphQLError, introspection: boolean): GraphQLError {
  const message = shortened(introspection ? error.message : withoutHints(error.message));
  const faults = listed(error.extensions.faults);
  if (message === error.message && faults === null) return error;
  const { nodes = null, source = null, positions = null, path = null, originalError = null } = error;
  const extensions = { ...error.extensions, ...(faults !== null && { faults }) };
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}

function listed(faults: unknown): readonly string[] | null {
  return Array.isArray(faults) ? faults.slice(0, maxFaults).map((fault) => shortened(String(fault))) : null;
}

function withoutHints(message: string): string {
  return message.replace(/ Did you mean .*$/s, '');
}
