import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { MaxTokensParserWLexer } from '@escape.tech/graphql-armor-max-tokens';
import { GraphQLError, type Source, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

export type QueryLimits = {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxTokens: number;
};

const code = 'QUERY_TOO_COMPLEX';

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
    const options = {
      n: limits.maxTokens,
      onReject: [
        (_: ValidationContext | null, error: GraphQLError) => {
          throw new GraphQLError(plain(error.message), { extensions: { code } });
        },
      ],
    };
    return new MaxTokensParserWLexer(source, options).parseDocument();
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

function plain(message: string): string {
  return message.replace(/^Syntax Error: /, '');
}
