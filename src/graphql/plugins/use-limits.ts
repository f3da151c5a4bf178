import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { MaxTokensParserWLexer } from '@escape.tech/graphql-armor-max-tokens';
import { GraphQLError, type Source, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ErrorCode } from '../error-codes.ts';
import { documentFault } from '../limits/document-fault.ts';

export type QueryLimits = {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxTokens: number;
  /** Maximum cost of an operation in points; see `limits/field-weights.ts`. */
  readonly maxCost: number;
};

const code: ErrorCode = 'QUERY_TOO_COMPLEX';

/** Few tokens can be long, too. Large values belong in variables. */
const maxDocumentLength = 32_768;
/** Where GraphQL's own validation stops. */
const maxFaults = 100;

/** Refuses documents that are expensive to parse, validate or run. Introspection is exempt from the depth limit only. */
export function useLimits(limits: QueryLimits): Plugin {
  const reported = {
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, error: GraphQLError) =>
        context?.reportError(new GraphQLError(plain(error.message), { extensions: { code } })),
    ],
  };
  const rules = [
    // An empty allow-list, because a flood of aliased __typename is a flood too.
    maxAliasesRule({ n: limits.maxAliases, allowList: [], ...reported }),
    maxDepthRule({ n: limits.maxDepth, flattenFragments: true, ...reported }),
    maxDirectivesRule({ n: limits.maxDirectives, ...reported }),
  ];
  const parse = (source: string | Source) => {
    const { length } = typeof source === 'string' ? source : source.body;
    if (length > maxDocumentLength) {
      throw new GraphQLError(`The document is longer than ${maxDocumentLength} characters.`, { extensions: { code } });
    }
    const options = {
      n: limits.maxTokens,
      onReject: [
        (_: ValidationContext | null, error: GraphQLError) => {
          throw new GraphQLError(plain(error.message), { extensions: { code } });
        },
      ],
    };
    const document = new MaxTokensParserWLexer(source, options).parseDocument();
    const fault = documentFault(document);
    if (fault !== null) throw new GraphQLError(fault, { extensions: { code } });
    return document;
  };
  return {
    onParse({ setParseFn }) {
      setParseFn(parse);
    },
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule);
      return ({ result, setResult }) => {
        const errors: readonly unknown[] = result;
        if (!errors.some(gaveUp)) return;
        setResult([notValidated(errors.length), ...result.filter((error) => !gaveUp(error))]);
      };
    },
  };
}

/** Validation stops when it has compared much or found many faults, and says so in an error without a location. */
function gaveUp(error: unknown): boolean {
  return error instanceof GraphQLError && error.nodes === undefined && error.extensions.code === undefined;
}

function notValidated(errors: number): GraphQLError {
  const message =
    errors > maxFaults
      ? `The document has more than ${maxFaults} faults. These are the first.`
      : 'The document is too expensive to validate: too many of its fields and fragments must be compared with each other.';
  return new GraphQLError(message, { extensions: { code } });
}

function plain(message: string): string {
  return message.replace(/^Syntax Error: /, '');
}
