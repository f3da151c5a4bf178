import { part } from '../part.ts';
import { flag, integer } from '../values.ts';
import { variable } from '../variable.ts';

/** Limits of what clients may ask for, and whether they may see the schema. */
export const graphql = part(
  'GraphQL',
  {
    introspection: variable('INTROSPECTION', flag, {
      unset: 'true, in production false',
      about: 'Whether clients may read the schema.',
    }),
    graphiql: variable('GRAPHIQL', flag, {
      unset: 'true, in production false',
      about: 'Whether the GraphiQL editor is served at `/graphql`.',
    }),
    maxDepth: variable('GRAPHQL_MAX_DEPTH', integer(1, 100), {
      default: 12,
      about: 'Deepest nesting of a document; one beyond any of these limits is refused before it runs.',
    }),
    maxAliases: variable('GRAPHQL_MAX_ALIASES', integer(0, 10_000), { default: 15, about: 'Most aliases.' }),
    maxDirectives: variable('GRAPHQL_MAX_DIRECTIVES', integer(0, 1000), { default: 5, about: 'Most directives.' }),
    maxTokens: variable('GRAPHQL_MAX_TOKENS', integer(100, 100_000), { default: 1500, about: 'Most lexical tokens.' }),
    maxCost: variable('GRAPHQL_MAX_COST', integer(1, 10_000_000), {
      default: 5000,
      about: 'Highest cost in points: a field costs 1 for each row of its list, a count 50.',
    }),
  },
  {
    complete: ({ introspection, graphiql, ...limits }, { environment }) => ({
      introspection: introspection ?? environment !== 'production',
      graphiql: graphiql ?? environment !== 'production',
      ...limits,
    }),
  },
);
