import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const mostCharacters = 500;
/** Of an answer without data: whoever sent something wrong reads the first ones. */
const mostRefusals = 10;
/** Beside data, where each says which part is missing. */
const mostErrors = 100;

/** No answer to something wrong is longer than anybody reads, nor does it hint at a schema that is a secret. */
export function useBoundedErrors(introspection: boolean): Plugin {
  return {
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result || result.errors === undefined) return;
      const most = result.data == null ? mostRefusals : mostErrors;
      setResult({ ...result, errors: result.errors.slice(0, most).map((error) => bounded(error, introspection)) });
    },
  };
}

function bounded(error: GraphQLError, introspection: boolean): GraphQLError {
  const message = shortened(introspection ? error.message : withoutHints(error.message));
  if (message === error.message) return error;
  const { nodes = null, source = null, positions = null, path = null, originalError = null, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
}

function withoutHints(message: string): string {
  return message.replace(/ Did you mean .*$/s, '');
}

const halfCharacter = /[\uD800-\uDBFF]$/;

function shortened(message: string): string {
  return message.length <= mostCharacters ? message : `${message.slice(0, mostCharacters).replace(halfCharacter, '')}…`;
}
