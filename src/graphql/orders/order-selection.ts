import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { OrderSelection } from '../../database/orders/order-rows.ts';
import type { OperationContext } from '../context.ts';

/** The fields of orders requested at `paths` below the field, so that one call loads them all. */
export function orderSelection(
  context: OperationContext,
  info: GraphQLResolveInfo,
  paths: string[][] = [],
): OrderSelection {
  return queryFromInfo({ context, info, typeName: 'Order', paths, include: {} });
}
