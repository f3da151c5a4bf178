import { type Prisma, PrismaClient } from '../../../prisma/generated/orders/client.ts';
import { PrismaClient as PostgresqlClient } from '../../../prisma/generated/orders-postgresql/client.ts';
import type { ReplicatedDatabaseOptions } from '../engine/database-options.ts';
import { ReplicatedDatabase } from '../engine/replicated-database.ts';
import type { DatabaseSession } from '../session/database-session.ts';
import type { PinnedSession } from '../session/pinned-session.ts';

export type OrdersClient = PrismaClient;
export type OrdersTransaction = Prisma.TransactionClient;
export type OrdersSession = DatabaseSession<OrdersClient, OrdersTransaction>;
export type OrdersPinnedSession = PinnedSession<OrdersClient, OrdersTransaction>;
export type OrdersDatabase = ReplicatedDatabase<OrdersClient, OrdersTransaction>;

/** In metrics and errors. */
export const ordersName = 'orders';

export function openOrdersDatabase(
  options: Omit<ReplicatedDatabaseOptions<OrdersClient>, 'makeClient' | 'name'>,
): OrdersDatabase {
  return new ReplicatedDatabase({ ...options, name: ordersName, makeClient: makeOrdersClient });
}

// Otherwise each statement begins by making an Error, for a place in the code that only this process's log would show.
const errorFormat = 'minimal';

/** A client is generated for each dialect; its adapter says which one its servers speak. */
export const makeOrdersClient: ReplicatedDatabaseOptions<OrdersClient>['makeClient'] = ({ adapter }) =>
  adapter.provider === 'postgres'
    ? // The same models with the same fields, which a test compares: where the two differ, PostgreSQL's has more.
      (new PostgresqlClient({ adapter, errorFormat }) as unknown as OrdersClient)
    : new PrismaClient({ adapter, errorFormat });
