import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  type GraphQLEnumValueConfigMap,
  GraphQLInt,
  GraphQLString,
} from 'graphql';
import type { WhenBehind } from '../../consistency/levels.ts';

const policies = {
  WAIT: { description: 'Wait up to `waitMs` for a replica to catch up, then read from the source. The default.' },
  BYPASS: { description: 'Read from the source at once.' },
  FAIL: { description: 'Wait up to `waitMs`, then fail with `CONSISTENCY_TIMEOUT`. Never loads the source.' },
} as const satisfies Record<WhenBehind, { description: string }>;

const whenBehindType = new GraphQLEnumType({
  name: 'WhenBehind',
  description: 'What to do when no replica is fresh enough.',
  values: policies satisfies GraphQLEnumValueConfigMap,
});

/** For clients that cannot set headers. The session is opened from the parsed document. `levelType` is the schema's own. */
export function consistencyDirective(levelType: GraphQLEnumType): GraphQLDirective {
  return new GraphQLDirective({
    name: 'consistency',
    description:
      'Required freshness of this operation: the same as the `x-consistency-*` headers, for clients that cannot set them. ' +
      'Tokens from here, the header and the cookie are merged; other settings given here win over the headers.',
    locations: [DirectiveLocation.QUERY, DirectiveLocation.MUTATION, DirectiveLocation.SUBSCRIPTION],
    args: {
      token: {
        type: GraphQLString,
        description:
          'What you have seen so far: `consistencyToken` of a payload, or `extensions.consistency.token` of an answer.',
      },
      level: {
        type: levelType,
        description: 'Required freshness. The default is `SESSION`, unless the server is configured otherwise.',
      },
      whenBehind: { type: whenBehindType, description: 'What to do when no replica is fresh enough.' },
      waitMs: { type: GraphQLInt, description: 'Maximum wait for a replica, in milliseconds.' },
      maxStalenessMs: {
        type: GraphQLInt,
        description: 'Maximum replication lag, in milliseconds. Only with `BOUNDED`.',
      },
    },
  });
}
