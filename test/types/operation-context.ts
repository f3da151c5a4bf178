// Checked by the compiler alone: resolvers see little, and what a session reads through cannot be swapped.
import type { OrdersSession } from '../../src/database/orders/orders-client.ts';
import type { OperationContext } from '../../src/graphql/context.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type Seen =
  | 'requestId'
  | 'client'
  | 'session'
  | 'orders'
  | 'clock'
  | 'cluster'
  | 'clusterEvents'
  | 'routingLog'
  | 'jobs'
  | 'orderChanges'
  | 'randomBytes'
  | 'standBack'
  | 'eventTurn'
  | 'consistencyToken'
  | 'pageToken';
true satisfies Same<keyof OperationContext, Seen>;
true satisfies Same<keyof OrdersSession, 'client' | 'rows' | 'write' | 'annotate' | 'adopt' | 'requireSource'>;

export function swap(context: OperationContext, session: OrdersSession): void {
  // @ts-expect-error the session of an operation is decided before its first field
  context.session = session;
  // @ts-expect-error and so is the client that it reads with
  context.session.client = session.client;
}
