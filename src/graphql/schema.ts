import { GraphQLSchema, isEnumType, specifiedDirectives } from 'graphql';
import { builder } from './builder.ts';
import { consistencyDirective } from './consistency/consistency-directive.ts';
import { giveItemsInTurn } from './limits/items-in-turn.ts';
import './scalars.ts';
import './nodes.ts';
import './orders/order-queries.ts';
import './orders/order-counts.ts';
import './orders/user-errors.ts';
import './orders/order-mutations.ts';
import './cluster/cluster-event-type.ts';
import './cluster/cluster-type.ts';
import './orders/order-change-type.ts';
import './jobs/job-queries.ts';
import './jobs/job-mutations.ts';
import './jobs/dead-letter-mutations.ts';
import './jobs/job-subscriptions.ts';
import './routing-log/routing-log-type.ts';

/** The whole GraphQL schema. Importing it opens nothing. */
export const schema = withDirectives(builder.toSchema());

/** One type of levels for the directive and for fields: the builder creates it with the schema. */
function withDirectives(built: GraphQLSchema): GraphQLSchema {
  const levels = built.getType('ConsistencyLevel');
  if (!isEnumType(levels)) throw new Error('The schema has no consistency levels');
  giveItemsInTurn(built);
  return new GraphQLSchema({ ...built.toConfig(), directives: [...specifiedDirectives, consistencyDirective(levels)] });
}
