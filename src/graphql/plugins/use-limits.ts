import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { MaxTokensParserWLexer } from '@escape.tech/graphql-armor-max-tokens';
import { type DocumentNode, GraphQLError, Kind, type Source, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

export type QueryLimits = {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxTokens: number;
  /** The most points that an operation may cost; `limits/field-weights.ts` says for what. */
  readonly maxCost: number;
};

const code = 'QUERY_TOO_COMPLEX';

/** Few tokens can be long, too. Values belong into variables. */
const longestDocument = 32_768;
/** Validation compares every fragment with every other one. */
const mostFragments = 50;

/** Refuses documents that cost much to parse, validate or run before they do. Introspection is exempt from depth only. */
export function useLimits(limits: QueryLimits): Plugin {
  const reported = {
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, error: GraphQLError) =>
        context?.reportError(new GraphQLError(plain(error.message), { extensions: { code } })),
    ],
  };
  const rules = [
    // An empty allow-list: a flood of aliased __typename is a flood too.
    maxAliasesRule({ n: limits.maxAliases, allowList: [], ...reported }),
    maxDepthRule({ n: limits.maxDepth, flattenFragments: true, ...reported }),
    maxDirectivesRule({ n: limits.maxDirectives, ...reported }),
  ];
  const parse = (source: string | Source) => {
    const { length } = typeof source === 'string' ? source : source.body;
    if (length > longestDocument) {
      throw new GraphQLError(`The document is longer than ${longestDocument} characters.`, { extensions: { code } });
    }
    const options = {
      n: limits.maxTokens,
      onReject: [
        (_: ValidationContext | null, error: GraphQLError) => {
          throw new GraphQLError(plain(error.message), { extensions: { code } });
        },
      ],
    };
    return withFewFragments(new MaxTokensParserWLexer(source, options).parseDocument());
  };
  return {
    onParse({ setParseFn }) {
      setParseFn(parse);
    },
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule);
    },
  };
}

function withFewFragments(document: DocumentNode): DocumentNode {
  const { length } = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  if (length <= mostFragments) return document;
  throw new GraphQLError(`The document has ${length} fragments, and may have ${mostFragments}.`, {
    extensions: { code },
  });
}

function plain(message: string): string {
  return message.replace(/^Syntax Error: /, '');
}
