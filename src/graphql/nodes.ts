import type { GraphQLResolveInfo } from 'graphql';
import { isRowAlone } from '../database/orders/order-rows.ts';
import { BadListRequestError } from '../orders/errors.ts';
import { findOrders } from '../orders/find-order.ts';
import { maxPageSize } from '../orders/page-request.ts';
import { unhurried } from '../platform/unhurried.ts';
import { builder } from './builder.ts';
import type { OperationContext } from './context.ts';
import { readWithItems, weightOfOrder } from './limits/read-items.ts';
import { orderIdOf } from './orders/order-id.ts';
import { orderSelection } from './orders/order-selection.ts';

const nodeType = builder.nodeInterfaceRef();

builder.queryField('node', (t) =>
  t.field({
    type: nodeType,
    nullable: true,
    description: 'The object with this id, or null.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of an object.' }) },
    resolve: async (_, { id }, context, info) => (await findNodes([id], context, info))[0] ?? null,
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [nodeType],
    nullable: { list: false, items: true },
    description: `The objects with these ids, in the same order, with null for each id that names nothing. At most ${maxPageSize}.`,
    args: { ids: t.arg.idList({ required: true, description: 'The `id`s of objects.' }) },
    resolve: (_, { ids }, context, info) => {
      if (ids.length > maxPageSize) throw new BadListRequestError(`\`ids\` must hold at most ${maxPageSize} ids`);
      return findNodes(ids, context, info);
    },
  }),
);

/** All in one statement. */
async function findNodes(globalIds: readonly string[], context: OperationContext, info: GraphQLResolveInfo) {
  const ids = globalIds.map(orderIdOf);
  const wanted = new Set(ids.filter((id) => id !== null));
  const selection = orderSelection(context, info);
  const read = () => findOrders(context.session, [...wanted], selection);
  const orders = await (wanted.size > 1 && !isRowAlone(selection)
    ? readWithItems(context, read, (found) => found.values())
    : read());
  const nodes = ids.map((id) => {
    const order = id === null ? undefined : orders.get(id);
    return order === undefined ? null : { ...order, __typename: 'Order' };
  });
  return unhurried(nodes, context.standBack, weightOfOrder);
}
