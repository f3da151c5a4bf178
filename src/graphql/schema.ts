import { specifiedDirectives } from 'graphql';
import { builder } from './builder.ts';
import { consistencyDirective } from './consistency/consistency-directive.ts';
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
export const schema = builder.toSchema({ directives: [...specifiedDirectives, consistencyDirective] });
